// The index of Kersbergen et al. 2022 ("Serenade", VMIS-kNN): of each item the m most recent sessions that
// hold it, so that the sessions most like a given one are found among at most m · items of it, whatever the
// size of the log. Differs from the paper: sessions keep their items in order (STAN weighs the distance
// between items), a session that no list names is left out, and what depends on a session or an item alone
// (its recency, its idf) is computed here, once. Deterministic: one pass over the log in corpus order, one
// thread; it costs less than reading the log.

using System.Globalization;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>Builds and writes a <see cref="SessionNeighborIndex"/>.</summary>
internal sealed class SessionNeighborBuilder
{
    private const int NotKept = -1;
    private const int PollSessions = 0xFFFF;

    private readonly TrainingSet _set;
    private readonly SessionKnnOptions _options;
    private readonly ProgressScope _progress;
    private readonly int[] _items; // items of the session at hand

    private SessionNeighborBuilder(TrainingSet set, SessionKnnOptions options, ProgressScope progress)
    {
        options.Validate();
        (_set, _options, _progress) = (set, options, progress);
        _items = new int[options.SessionItems];
    }

    /// <summary>Builds the index of a training set and writes it as an artifact.</summary>
    public static void Write(ArtifactSink sink, TrainingSet set, SessionKnnOptions options,
        ProgressScope progress) =>
        new SessionNeighborBuilder(set, options, progress).Write(sink);

    private void Write(ArtifactSink sink)
    {
        long[] offsets = new long[_set.RowCount + 1];
        int[] holders = new int[_set.RowCount];
        int[] numbers = Choose(holders, offsets, out int kept);
        int[] sessions = List(numbers, offsets);
        using ArtifactWriter writer = sink.Create(SessionNeighborIndex.FileName, new ArtifactHeader
        {
            Kind = SessionNeighborIndex.FileKind, RowCount = _set.RowCount, Parameters = Parameters(),
        });
        writer.Add<long>(SessionNeighborIndex.ListOffsetsSection, offsets);
        writer.Add<int>(SessionNeighborIndex.ListSessionsSection, sessions);
        WriteSessions(writer, numbers, kept);
        writer.Add<float>(SessionNeighborIndex.IdfSection, Idf(holders));
        sink.Finish(writer);
    }

    /// <summary>
    /// Which sessions some list keeps, as their new number (ascending by age) or <see cref="NotKept"/>; fills
    /// the lists' offsets and, for each row, how many sessions of the whole log hold it.
    /// </summary>
    private int[] Choose(int[] holders, long[] offsets, out int kept)
    {
        int[] numbers = new int[_set.SessionCount];
        Array.Fill(numbers, NotKept);
        for (int s = _set.SessionCount - 1; s >= 0; s--)
        {
            if ((s & PollSessions) == 0) _progress.Poll();
            foreach (int row in ItemsOf(s))
            {
                if (holders[row]++ < _options.SessionsPerItem) numbers[s] = 0;
            }
        }
        kept = 0;
        for (int s = 0; s < numbers.Length; s++)
        {
            if (numbers[s] != NotKept) numbers[s] = kept++;
        }
        for (int row = 0; row < holders.Length; row++)
            offsets[row + 1] = offsets[row] + Math.Min(holders[row], _options.SessionsPerItem);
        return numbers;
    }

    /// <summary>The lists: sessions of each row, most recent first.</summary>
    private int[] List(int[] numbers, long[] offsets)
    {
        int[] sessions = new int[offsets[^1]];
        long[] next = offsets[..^1];
        for (int s = numbers.Length - 1; s >= 0; s--)
        {
            if ((s & PollSessions) == 0) _progress.Poll();
            if (numbers[s] == NotKept) continue;
            foreach (int row in ItemsOf(s))
            {
                if (next[row] < offsets[row + 1]) sessions[next[row]++] = numbers[s];
            }
        }
        return sessions;
    }

    private void WriteSessions(ArtifactWriter writer, int[] numbers, int kept)
    {
        long[] offsets = new long[kept + 1];
        float[] weights = new float[kept];
        writer.Begin(SessionNeighborIndex.SessionItemsSection, sizeof(int));
        for (int s = 0; s < numbers.Length; s++)
        {
            if (numbers[s] == NotKept) continue;
            ReadOnlySpan<int> items = ItemsOf(s);
            writer.Write(items);
            offsets[numbers[s] + 1] = offsets[numbers[s]] + items.Length;
            weights[numbers[s]] = LengthWeight(items.Length) * RecencyWeight(s);
        }
        writer.EndSection();
        writer.Add<long>(SessionNeighborIndex.SessionOffsetsSection, offsets);
        writer.Add<float>(SessionNeighborIndex.SessionWeightsSection, weights);
    }

    /// <summary>
    /// The last different items of a session without removals, in the order they were last met.
    /// </summary>
    private ReadOnlySpan<int> ItemsOf(int session)
    {
        int at = _items.Length;
        for (long e = _set.Offsets[session + 1] - 1; e >= _set.Offsets[session] && at > 0; e--)
        {
            int row = _set.Rows[e];
            if (!(_set.ActionWeights[_set.Actions[e]] > 0) || _items.AsSpan(at).Contains(row)) continue;
            _items[--at] = row;
        }
        return _items.AsSpan(at);
    }

    private float LengthWeight(int length) =>
        _options.Similarity == SessionSimilarity.Cosine ? (float)(1 / Math.Sqrt(length)) : 1;

    private float RecencyWeight(int session)
    {
        if (_options.Recency == 0) return 1;
        double newer = (double)(_set.SessionCount - 1 - session) / _set.SessionCount;
        // Never 0: the oldest of a log still counts where nothing else is known.
        return (float)Math.Exp(-Math.Min(newer / _options.Recency, 60));
    }

    private float[] Idf(int[] holders) =>
        Array.ConvertAll(holders, n => n == 0 ? 0 : (float)Math.Log(1 + (double)_set.SessionCount / n));

    private string Parameters() => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"sessions_per_item":{{_options.SessionsPerItem}},"neighbors":{{_options.Neighbors}}"""
        + $$""","last_items":{{_options.LastItems}},"session_items":{{_options.SessionItems}}"""
        + $$""","similarity":{{(int)_options.Similarity}},"position_decay":{{_options.PositionDecay}}"""
        + $$""","distance_decay":{{_options.DistanceDecay}},"match_decay":{{_options.MatchDecay}}"""
        + $$""","match_idf":{{_options.MatchIdf}},"before":{{_options.BeforeWeight}}"""
        + $$""","recency":{{_options.Recency}},"idf":{{_options.IdfWeight}}}""");
}
