// What a chunk of sessions wants to add to the matrices, in the order it came up. Must never be applied by
// row out of this order: that order is what makes the deterministic mode deterministic.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// A growing list of (row, sum). Written by one worker, then read by all; never both at once.
/// </summary>
internal sealed unsafe class SkipGramDeltas(int dims) : IDisposable
{
    private NativeBuffer<float> _sums = new(0);
    private int[] _targets = [];

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>Row of entry i: an id of IN, or ~id of OUT.</summary>
    public ReadOnlySpan<int> Targets => _targets.AsSpan(0, Count);

    /// <summary>What entry i adds, dims floats.</summary>
    public float* Sum(int i) => _sums.Pointer + (long)i * dims;

    public void Clear() => Count = 0;

    /// <summary>Makes the batch's update write its sums here, outputs first.</summary>
    public void Take(SkipGramBatch batch)
    {
        int needed = Count + batch.M + batch.N;
        if (needed > _targets.Length) Grow(needed);
        for (int k = 0; k < batch.N; k++) _targets[Count + k] = ~batch.OutputIds[k];
        for (int i = 0; i < batch.M; i++) _targets[Count + batch.N + i] = batch.InputIds[i];
        batch.OutputSums = Sum(Count);
        batch.InputSums = Sum(Count + batch.N);
        Count = needed;
    }

    public void Dispose() => _sums.Dispose();

    private void Grow(int needed)
    {
        int capacity = Math.Max(needed, needed + needed / 2);
        var sums = new NativeBuffer<float>((long)capacity * dims);
        Buffer.MemoryCopy(
            _sums.Pointer, sums.Pointer, sums.Count * sizeof(float), (long)Count * dims * sizeof(float));
        _sums.Dispose();
        _sums = sums;
        Array.Resize(ref _targets, capacity);
    }
}
