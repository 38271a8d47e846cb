// Which rows are trained, in which internal order, and how negatives and subsampling draw from them.
// Internal ids run by falling count: the rows touched most lie together and stay in the cache.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>The kept rows by falling count (ties by row), with the noise distribution over them.
/// Immutable.</summary>
internal sealed class SkipGramVocabulary
{
    /// <param name="tokens">Row of each event.</param>
    /// <param name="rows">Rows there are.</param>
    /// <param name="options">How.</param>
    /// <param name="eventWeights">How often each event counts as a negative; null = once.</param>
    public SkipGramVocabulary(
        int[] tokens, int rows, SkipGramOptions options, float[]? eventWeights = null)
    {
        Counts = new long[rows];
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)rows)
                throw new ArgumentException($"token {token} of {rows} rows", nameof(tokens));
            Counts[token]++;
        }
        var kept = new List<int>();
        for (int row = 0; row < rows; row++)
        {
            if (Counts[row] >= options.MinCount) kept.Add(row);
        }
        RowOf = [.. kept];
        Array.Sort(RowOf, (a, b) => Counts[a] != Counts[b] ? Counts[b].CompareTo(Counts[a]) : a.CompareTo(b));
        IdOf = new int[rows];
        Array.Fill(IdOf, -1);
        long total = 0;
        for (int id = 0; id < RowOf.Length; id++)
        {
            IdOf[RowOf[id]] = id;
            total += Counts[RowOf[id]];
        }
        if (RowOf.Length == 0) return;
        double[] masses = Array.ConvertAll(Counts, count => (double)count);
        if (eventWeights is not null)
        {
            Array.Clear(masses);
            for (int e = 0; e < tokens.Length; e++) masses[tokens[e]] += eventWeights[e];
        }
        var weights = new double[RowOf.Length];
        for (int id = 0; id < weights.Length; id++)
            weights[id] = Math.Pow(masses[RowOf[id]], options.NegativeExponent);
        Noise = new AliasTable(weights);
        if (options.Subsample == 0) return;
        Keep = new float[RowOf.Length];
        for (int id = 0; id < Keep.Length; id++)
        {
            double ratio = options.Subsample * total / Counts[RowOf[id]];
            Keep[id] = (float)(Math.Sqrt(ratio) + ratio); // word2vec.c's form, not the paper's
        }
    }

    /// <summary>Events by row.</summary>
    public long[] Counts { get; }

    /// <summary>Row of each internal id.</summary>
    public int[] RowOf { get; }

    /// <summary>Internal id of each row, or −1 where it is not trained.</summary>
    public int[] IdOf { get; }

    /// <summary>Draws internal ids of negatives; null when nothing is trained.</summary>
    public AliasTable? Noise { get; }

    /// <summary>Chance to keep an event, by internal id (values above 1 always keep); null when
    /// off.</summary>
    public float[]? Keep { get; }
}
