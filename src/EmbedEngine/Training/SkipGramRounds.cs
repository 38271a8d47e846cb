// The deterministic mode: rounds of sessions in two phases. First every chunk of the round writes what it
// would add, all from the matrices as they stood before the round; then the sums are added, each row by one
// worker, in the order of the chunks. Which worker does what changes nothing, so any number of threads gives
// the same bits. Must never let the size of a chunk or a round depend on threads.

using System.Runtime.Intrinsics.X86;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Runs epochs of one training run.</summary>
internal sealed unsafe class SkipGramRounds : IDisposable
{
    private const int ChunkTokens = 64;

    // A session longer than this is cut: its parts come from the same matrices, so nothing is lost but
    // memory.
    private const int PartTokens = 512;
    private const int PrefetchAhead = 6;
    private const long RoundBytes = 4 << 20;
    private const int MaxChunks = 32;

    private readonly SkipGramRun _run;
    private readonly SkipGramWorker[] _workers;
    private readonly ProgressScope _progress;
    private readonly int[] _order;
    private readonly SkipGramDeltas[] _deltas;
    private readonly Place[] _chunks;
    private readonly WorkerBarrier _barrier;
    private readonly int _epoch;
    private int _count;
    private int _next;

    public SkipGramRounds(
        SkipGramRun run, int epoch, int[] order, SkipGramWorker[] workers, ProgressScope progress)
    {
        (_run, _epoch, _order, _workers, _progress) = (run, epoch, order, workers, progress);
        long chunkBytes =
            SkipGramWorker.MaxRowsPerToken(run.Options) * run.PaddedDims * sizeof(float) * ChunkTokens;
        _deltas = new SkipGramDeltas[(int)Math.Clamp(RoundBytes / chunkBytes, 1, MaxChunks)];
        for (int c = 0; c < _deltas.Length; c++) _deltas[c] = new SkipGramDeltas(run.PaddedDims);
        _chunks = new Place[_deltas.Length + 1];
        _barrier = new WorkerBarrier(workers.Length);
    }

    /// <summary>A part of a session, by its place in the order.</summary>
    private readonly record struct Place(int At, int Part);

    /// <summary>Trains on every session once.</summary>
    public void Run()
    {
        Plan();
        WorkerTeam.Run(_workers.Length, worker =>
        {
            try
            {
                RunRounds(worker);
            }
            catch
            {
                _barrier.Break();
                throw;
            }
        }, _progress);
    }

    public void Dispose()
    {
        foreach (SkipGramDeltas deltas in _deltas) deltas.Dispose();
    }

    private void RunRounds(int worker)
    {
        while (_count > 0)
        {
            int count = _count;
            _progress.ThrowIfCancelled();
            for (int c = Interlocked.Increment(ref _next) - 1; c < count; c =
                Interlocked.Increment(ref _next) - 1)
                RunChunk(_workers[worker], _deltas[c], _chunks[c], _chunks[c + 1]);
            if (!_barrier.Wait()) return;
            for (int c = 0; c < count; c++) Apply(_deltas[c], worker);
            if (worker == 0) Plan();
            if (!_barrier.Wait()) return;
        }
    }

    private int Parts(int at)
    {
        long length = _run.Offsets[_order[at] + 1] - _run.Offsets[_order[at]];
        return (int)Math.Max(1, (length + PartTokens - 1) / PartTokens);
    }

    /// <summary>Cuts the next round from where the last one ended.</summary>
    private void Plan()
    {
        Place place = _chunks[_count];
        _chunks[0] = place;
        (_count, _next) = (0, 0);
        while (_count < _deltas.Length && place.At < _order.Length)
        {
            for (long tokens = 0; tokens < ChunkTokens && place.At < _order.Length;)
            {
                int parts = Parts(place.At);
                tokens += (_run.Offsets[_order[place.At] + 1] - _run.Offsets[_order[place.At]]) / parts;
                place = place.Part + 1 < parts ? place with { Part = place.Part + 1 }
                    : new Place(place.At + 1, 0);
            }
            _chunks[++_count] = place;
        }
    }

    private void RunChunk(SkipGramWorker worker, SkipGramDeltas deltas, Place place, Place end)
    {
        deltas.Clear();
        long tokens = 0;
        while (place != end)
        {
            int parts = Parts(place.At);
            worker.Part(
                _epoch, _order[place.At], SkipGram.Rate(_run.Options, _epoch, place.At, _order.Length),
                place.Part, parts, deltas);
            if (place.Part == 0)
                tokens += _run.Offsets[_order[place.At] + 1] - _run.Offsets[_order[place.At]];
            place = place.Part + 1 < parts ? place with { Part = place.Part + 1 }
                : new Place(place.At + 1, 0);
        }
        worker.Flush();
        _progress.Add(tokens);
    }

    /// <summary>Adds the sums of the rows that are this worker's.</summary>
    private void Apply(SkipGramDeltas deltas, int worker)
    {
        ReadOnlySpan<int> targets = deltas.Targets;
        int team = _workers.Length;
        for (int i = 0; i < targets.Length; i++)
        {
            int target = targets[i], id = target < 0 ? ~target : target;
            if (team > 1 && id % team != worker) continue;
            float* row = target < 0 ? _run.OutRow(id) : _run.InRow(id);
            if (i + PrefetchAhead < targets.Length) Prefetch(targets[i + PrefetchAhead]);
            if (_run.UseReference) SkipGramKernel.ReferenceAdd(row, deltas.Sum(i), _run.PaddedDims);
            else SkipGramKernel.Add(row, deltas.Sum(i), _run.PaddedDims);
        }
    }

    private void Prefetch(int target)
    {
        if (!Sse.IsSupported) return;
        float* row = target < 0 ? _run.OutRow(~target) : _run.InRow(target);
        for (int d = 0; d < _run.PaddedDims; d += 16) Sse.Prefetch0(row + d);
    }
}
