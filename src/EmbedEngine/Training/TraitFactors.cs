// Traits of customers: NMF of their TF-IDF rows, each scaled to length 1, so that who does much does not
// decide what a trait is (a projection on H does not depend on a row's scale, so profiles are the same). How
// stable they are is told by factorising parts of the customers again: components are matched greedily by the
// cosine of what they weigh items by: rows of H, or what the caller makes of H.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>H of a factorisation and what is known of it.</summary>
/// <param name="Rank">k.</param>
/// <param name="H">k × columns, row-major, rows of length 1.</param>
/// <param name="Stability">Mean cosine of matched components; null = not measured.</param>
internal sealed record TraitFactorsResult(int Rank, float[] H, double? Stability);

/// <summary>Factorises customers; deterministic at any number of threads.</summary>
internal static class TraitFactors
{
    /// <summary>A trait needs at least this many customers and items, or it is one of them.</summary>
    public const int FewestOfEach = 4;

    private const ulong SubsetKey = 0x77A17;

    /// <summary>Null where there are too few customers or items for two traits.</summary>
    /// <param name="matrix">Customers × items, TF-IDF; rows of any scale, empty ones allowed.</param>
    /// <param name="rank">k wanted; fewer where there is too little.</param>
    /// <param name="iterations">At most.</param>
    /// <param name="stabilityRuns">Further factorisations of four fifths of the rows.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Counts iterations; the stage is the caller's.</param>
    /// <param name="compared">Rows of length 1 by which traits of an H are compared; null = H's.</param>
    public static TraitFactorsResult? Learn(
        CsrMatrix matrix, int rank, int iterations, int stabilityRuns, ulong seed, int threads,
        ProgressScope progress, Func<NmfResult, float[]>? compared = null)
    {
        CsrMatrix units = UnitRows(matrix, _ => true);
        int items = units.Indices.Distinct().Count();
        rank = Math.Min(rank, Math.Min(units.Rows, items) / FewestOfEach);
        if (rank < 2) return null;
        NmfOptions options =
            new() { Rank = rank, MaxIterations = iterations, Seed = seed, Threads = threads };
        NmfResult whole = Nmf.Solve(new NmfSparse(units), options, progress);
        float[] own = stabilityRuns == 0 || compared is null ? whole.H : compared(whole);
        double sum = 0;
        int runs = 0;
        for (int run = 0; run < stabilityRuns; run++)
        {
            var draw = new CounterRandom(seed, SubsetKey, (ulong)run);
            CsrMatrix part = UnitRows(matrix, row => draw.At((ulong)row) % 5 != 0);
            if (part.Rows < rank) continue;
            NmfResult other = Nmf.Solve(new NmfSparse(part), options with { Seed = seed + 1 + (ulong)run },
                progress);
            sum += Agreement(own, compared?.Invoke(other) ?? other.H, rank, own.Length / rank);
            runs++;
        }
        return new TraitFactorsResult(rank, whole.H, runs == 0 ? null : sum / runs);
    }

    /// <summary>
    /// Mean cosine of components, each matched with one of the other, the likest pairs first.
    /// </summary>
    public static double Agreement(float[] a, float[] b, int rank, int columns)
    {
        var pairs = new List<(double Cosine, int A, int B)>();
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                pairs.Add((VectorMath.Dot(
                    a.AsSpan(i * columns, columns), b.AsSpan(j * columns, columns)), i, j));
            }
        }
        bool[] takenA = new bool[rank];
        bool[] takenB = new bool[rank];
        double sum = 0;
        foreach ((double cosine, int i, int j) in pairs.OrderByDescending(p => p.Cosine).ThenBy(p => p.A)
            .ThenBy(p => p.B))
        {
            if (takenA[i] || takenB[j]) continue;
            (takenA[i], takenB[j]) = (true, true);
            sum += cosine;
        }
        return sum / rank;
    }

    /// <summary>The rows that are not empty and are wanted, each of length 1.</summary>
    private static CsrMatrix UnitRows(CsrMatrix matrix, Func<int, bool> wanted)
    {
        var offsets = new List<long> { 0 };
        var indices = new List<int>();
        var values = new List<float>();
        for (int row = 0; row < matrix.Rows; row++)
        {
            (long begin, long end) = (matrix.Offsets[row], matrix.Offsets[row + 1]);
            if (begin == end || !wanted(row)) continue;
            double squares = 0;
            for (long e = begin; e < end; e++) squares += (double)matrix.Values[e] * matrix.Values[e];
            if (!(squares > 0)) continue;
            float scale = (float)(1 / Math.Sqrt(squares));
            for (long e = begin; e < end; e++)
            {
                indices.Add(matrix.Indices[e]);
                values.Add(matrix.Values[e] * scale);
            }
            offsets.Add(indices.Count);
        }
        return new CsrMatrix(
            offsets.Count - 1, matrix.Columns, [.. offsets], [.. indices], [.. values]);
    }
}
