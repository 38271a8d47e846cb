// For each session, over its last N events without removals, every ordered pair (a at i, b at j) of
// different items within the window adds  weight(action of b) · exp(−decay · hours) / |i − j|  to (a → b),
// once per session: where a pair occurs more than once its largest weight counts. Equal timestamps count;
// their order is the order of the events. Where the options name actions, a must be of one of the first and b
// of one of the second; events that are neither are not there at all. The classic rule (CovisitationRule)
// counts every pair with b strictly later, without the distance. Over ALL items, and no pair is stored or
// spilled: rows are counted one after another from the sessions around their events (CovisitationTails), so
// beside those and the result it takes 12 bytes an item and thread. Deterministic: a row's pairs are always
// summed in session order, whatever the number of threads.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>
/// Neighbours of each row in CSR form: row r has entries Offsets[r] … Offsets[r + 1] by descending weight.
/// </summary>
internal sealed record NeighborLists(long[] Offsets, int[] Neighbors, float[] Weights);

/// <summary>Counts co-visitation.</summary>
internal sealed class CovisitationBuilder
{
    private const int ChunkRows = 16; // small: the first rows are the popular ones and hold much of the work

    private readonly CovisitationTails _tails;
    private readonly CovisitationOptions _options;
    private readonly int _threads;

    public CovisitationBuilder(TrainingSet set, CovisitationOptions options, int threads)
        : this(new CovisitationTails(set, options), options, threads)
    {
    }

    /// <summary>Counts over tails made before, of options with the same events and actions.</summary>
    public CovisitationBuilder(CovisitationTails tails, CovisitationOptions options, int threads)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_tails, _options, _threads) = (tails, options, threads);
    }

    /// <summary>
    /// Counts every pair and keeps the strongest neighbours of each row, ties by smaller row.
    /// </summary>
    public NeighborLists Build(ProgressScope progress)
    {
        int rows = _tails.RowCount;
        int chunks = (rows + ChunkRows - 1) / ChunkRows;
        var neighbors = new int[chunks][];
        var weights = new float[chunks][];
        var offsets = new long[rows + 1];
        var counters = new CovisitationCounter[_threads];
        WorkerTeam.For(_threads, rows, ChunkRows, (worker, begin, end) =>
        {
            CovisitationCounter counter = counters[worker] ??= new CovisitationCounter(_tails, _options);
            for (int r = (int)begin; r < end; r++) offsets[r + 1] = counter.Count(r);
            (neighbors[begin / ChunkRows], weights[begin / ChunkRows]) = counter.Take();
        }, progress);
        for (int row = 0; row < rows; row++) offsets[row + 1] += offsets[row];
        return new NeighborLists(
            offsets, Concatenate(neighbors, offsets[rows]), Concatenate(weights, offsets[rows]));
    }

    private static T[] Concatenate<T>(T[][] parts, long length)
    {
        if (length > Array.MaxLength)
        {
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory,
                $"{length} neighbours are more than one table holds: keep fewer an item");
        }
        var all = new T[length];
        long at = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            parts[p].CopyTo(all, at);
            at += parts[p].Length;
            parts[p] = []; // what was copied need not wait for the rest
        }
        return all;
    }
}
