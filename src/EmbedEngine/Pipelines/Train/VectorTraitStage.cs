// Traits of vectors in a build: NMF of the customers' shifted vectors (ShiftedVectors). An item is described
// by what a customer with that item alone would be: the projection of its vector on H, to sum 1, is
// P(trait | item); times how much of the log it is and divided by the sum over items it is P(item | trait).
// By this traits are listed and named, and propose: an item that nobody looks at does not mark one.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>One build's traits of vectors; none where the build has no item2vec vectors.</summary>
internal sealed class VectorTraitStage
{
    private readonly BuildContext _context;
    private readonly UserHistories _histories;
    private readonly RowMatrix _vectors;
    private readonly EventTail _tail = new();
    private readonly int[] _customers; // those who have a vector
    private readonly float[] _sample; // vectors of those that are factorised, one after the other
    private readonly float[] _shift;

    private VectorTraitStage(BuildContext context, UserHistories histories, RowMatrix vectors)
    {
        (_context, _histories, _vectors) = (context, histories, vectors);
        float[] vector = new float[vectors.Dims];
        _shift = new float[vectors.Dims];
        Array.Fill(_shift, float.NegativeInfinity);
        var customers = new List<int>();
        for (int user = 0; user < histories.UserCount; user++)
        {
            if (!Vector(user, vector)) continue;
            customers.Add(user);
            ShiftedVectors.Widen(_shift, vector);
        }
        _customers = [.. customers];
        int count = Math.Min(context.Settings.Traits.Customers, _customers.Length);
        _sample = new float[checked(count * vectors.Dims)];
        for (int i = 0; i < count; i++)
        {
            int user = _customers[(int)((long)i * _customers.Length / count)];
            Vector(user, _sample.AsSpan(i * vectors.Dims, vectors.Dims));
        }
    }

    public static void Run(BuildContext context, UserHistories histories)
    {
        string path = context.Sink.PathOf(ArtifactNames.Vectors(VersionData.Item2VecSpace));
        if (!context.Sink.FileSystem.FileExists(path)) return;
        TraitSettings settings = context.Settings.Traits;
        int runs = context.IsFinal ? settings.StabilityRuns : 0;
        context.Begin("traits", (runs + 1L) * settings.Iterations, "iterations");
        using (VectorTable table = VectorTable.Open(context.Sink.FileSystem, path, VerifyLevel.Header))
            new VectorTraitStage(context, histories, table.In).Write(runs, $"{table.Digest:x16}");
        context.Progress.End();
    }

    private void Write(int runs, string digest)
    {
        TraitSettings settings = _context.Settings.Traits;
        TraitFactorsResult? traits = TraitFactors.Learn(
            Shifted(), settings.Count, settings.Iterations, runs, _context.SkipGram.Seed, _context.Threads,
            _context.Progress, result => UnitRows(ItemShares(result.H, result.Rank)));
        if (traits is null) return;
        TraitTable.Write(_context.Sink, new TraitContent
        {
            Rank = traits.Rank, Weights = ItemShares(traits.H, traits.Rank), Mean = Mean(traits),
            Customers = _customers.Length, Stability = traits.Stability,
            CategoryOf = CategoryTable.NumbersOf(_context.Ordinals, _context.Categories),
            OfVectors = new ShiftedVectors(_shift, traits.H), VectorsDigest = digest,
        });
    }

    /// <summary>A customer's vector; false where no event has one.</summary>
    private bool Vector(int user, Span<float> vector)
    {
        _histories.Read(user, long.MaxValue, _tail);
        int[] rows = new int[_tail.Count];
        byte[] actions = new byte[_tail.Count];
        int n = 0;
        for (int e = 0; e < rows.Length; e++)
        {
            int item = _tail.Items[e];
            int row = item < _context.RowOfOrdinal.Length ? _context.RowOfOrdinal[item] : RowAssignment.None;
            if (row < 0) continue;
            (rows[n], actions[n]) = (row, _tail.Actions[e]);
            n++;
        }
        return ShiftedVectors.Mean(
            _vectors, rows.AsSpan(0, n), actions.AsSpan(0, n), [], [], _context.Set.ActionWeights, vector);
    }

    /// <summary>Customers × dimensions, none negative.</summary>
    private CsrMatrix Shifted()
    {
        int dims = _shift.Length;
        var offsets = new long[(_sample.Length / dims) + 1];
        var indices = new List<int>(_sample.Length);
        var values = new List<float>(_sample.Length);
        for (int i = 0; i + 1 < offsets.Length; i++)
        {
            Span<float> vector = _sample.AsSpan(i * dims, dims);
            ShiftedVectors.Apply(_shift, vector);
            for (int d = 0; d < dims; d++)
            {
                if (vector[d] == 0) continue;
                indices.Add(d);
                values.Add(vector[d]);
            }
            offsets[i + 1] = indices.Count;
        }
        return new CsrMatrix(offsets.Length - 1, dims, offsets, [.. indices], [.. values]);
    }

    /// <summary>P(item | trait): k × rows.</summary>
    private float[] ItemShares(float[] h, int rank)
    {
        TrainingSet set = _context.Set;
        var events = new double[set.RowCount];
        for (int e = 0; e < set.Rows.Length; e++)
        {
            float weight = set.ActionWeights[set.Actions[e]];
            if (ActionTable.MakesPositivePairs(weight)) events[set.Rows[e]] += weight;
        }
        var shares = new float[checked(rank * set.RowCount)];
        var sums = new double[rank];
        Project(h, rank, set.RowCount, (row, vector) =>
        {
            _vectors[row].CopyTo(vector);
            return VectorMath.Dot(vector, vector) > 0;
        }, (row, profile) =>
        {
            for (int t = 0; t < rank; t++)
            {
                shares[(t * set.RowCount) + row] = (float)(profile[t] * events[row]);
                sums[t] += profile[t] * events[row];
            }
        });
        for (int i = 0; i < shares.Length; i++)
        {
            double sum = sums[i / set.RowCount];
            shares[i] = sum > 0 ? (float)(shares[i] / sum) : 0;
        }
        return shares;
    }

    private float[] Mean(TraitFactorsResult traits)
    {
        var sums = new double[traits.Rank];
        Project(traits.H, traits.Rank, _customers.Length, (i, vector) => Vector(_customers[i], vector),
            (_, profile) =>
            {
                for (int t = 0; t < sums.Length; t++) sums[t] += profile[t];
            });
        double total = sums.Sum();
        return Array.ConvertAll(sums, s => total > 0 ? (float)(s / total) : 1f / sums.Length);
    }

    /// <summary>Profiles of so many vectors, those of sum 1, one after the other.</summary>
    private unsafe void Project(
        float[] h, int rank, int count, Func<int, float[], bool> fill, Action<int, float[]> take)
    {
        var shifted = new ShiftedVectors(_shift, h);
        using var projection = new Nnls(TraitTable.Gram(h, rank), rank);
        using var workspace = new NnlsWorkspace(projection);
        float[] vector = new float[_shift.Length], profile = new float[rank];
        for (int i = 0; i < count; i++)
        {
            if (!fill(i, vector)) continue;
            shifted.Target(vector, new Span<double>(workspace.Target, rank));
            projection.ProjectTarget(profile, workspace);
            if (TraitProjection.ToSumOne(profile)) take(i, profile);
        }
    }

    /// <summary>Rows of length 1, as those of an H are.</summary>
    private float[] UnitRows(float[] shares)
    {
        int rows = _context.Set.RowCount;
        for (int at = 0; at < shares.Length; at += rows) VectorMath.Normalize(shares.AsSpan(at, rows));
        return shares;
    }
}
