// Walks sessions and feeds the kernel: subsampling, windows and negatives, a block of neighboring centres at
// a time. Every random number is a function of (seed, epoch, session, position): must never depend on which
// worker draws it.

using System.Runtime.Intrinsics.X86;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>One worker of a training run. Not thread-safe; workers share the two matrices.</summary>
internal sealed unsafe class SkipGramWorker : IDisposable
{
    private const int BlockCenters = 4;

    // Draws of one position lie together: bit 0.. of the counter number them, the position is above.
    private const int PositionShift = 16;
    private const ulong WindowDraw = (1 << PositionShift) - 1;
    private const ulong KeepDraw = (1 << PositionShift) - 2;

    private readonly SkipGramRun _run;
    private SkipGramBatch _batch, _pending;
    private bool _isPending;
    private bool _applies;
    private int[] _session = new int[64];
    private float[] _weights = new float[64]; // of the session's events
    private readonly int[] _windows = new int[BlockCenters];

    public SkipGramWorker(SkipGramRun run)
    {
        _run = run;
        int inputs = BlockCenters + 2 * run.Options.Window,
            outputs = BlockCenters + NegativesDrawn(run.Options);
        _batch = new SkipGramBatch(inputs, outputs, run.PaddedDims);
        _pending = new SkipGramBatch(inputs, outputs, run.PaddedDims);
    }

    /// <summary>Most rows that one update of the options touches, for each of its centres.</summary>
    public static long MaxRowsPerToken(SkipGramOptions options) =>
        2L + (2L * options.Window + NegativesDrawn(options) + BlockCenters - 1) / BlockCenters;

    /// <summary>Trains on one session at a learning rate. The last update waits for the next call or <see
    /// cref="Flush"/>, while its rows come from memory.</summary>
    public void Session(int epoch, int session, float rate) => Part(epoch, session, rate, 0, 1, null);

    /// <summary>
    /// Trains on one of equal parts of a session. With deltas the matrices stay as they are, and what would
    /// be added goes there, at the latest with <see cref="Flush"/>.
    /// </summary>
    public void Part(int epoch, int session, float rate, int part, int parts, SkipGramDeltas? deltas)
    {
        // Stream 0 is the order of sessions, so epochs start at 1.
        var random = new CounterRandom(_run.Options.Seed, 1 + (ulong)epoch, (ulong)session);
        int length = Load(session, random);
        if (length < 2) return;
        long blocks = (length + BlockCenters - 1) / BlockCenters;
        for (long b = blocks * part / parts; b < blocks * (part + 1) / parts; b++)
        {
            Prepare(length, (int)(length * b / blocks), (int)(length * (b + 1) / blocks), random, rate);
            Flush();
            deltas?.Take(_batch); // after the flush: it may move what the last batch wrote to
            (_batch, _pending, _isPending, _applies) = (_pending, _batch, true, deltas is null);
        }
    }

    /// <summary>Carries out the update that waits, if any.</summary>
    public void Flush()
    {
        if (!_isPending) return;
        _isPending = false;
        SkipGramBatch batch = _pending;
        if (_run.UseReference) SkipGramKernel.ReferenceCompute(batch);
        else SkipGramKernel.Compute(batch);
        if (!_applies) return;
        for (int i = 0; i < batch.M; i++) Add(batch.Inputs[i], batch.InputSums + i * batch.Dims);
        for (int k = 0; k < batch.N; k++) Add(batch.Outputs[k], batch.OutputSums + k * batch.Dims);
    }

    private void Add(float* row, float* sum)
    {
        if (_run.UseReference) SkipGramKernel.ReferenceAdd(row, sum, _run.PaddedDims);
        else SkipGramKernel.Add(row, sum, _run.PaddedDims);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _pending.Dispose();
    }

    private static int NegativesDrawn(SkipGramOptions options) =>
        (options.NegativeSamples * BlockCenters + options.NegativeSharing - 1) / options.NegativeSharing;

    /// <summary>
    /// Lists the rows and weights of the centres [from, to) and asks the memory for the rows.
    /// </summary>
    private void Prepare(int length, int from, int to, CounterRandom random, float rate)
    {
        SkipGramBatch batch = _batch;
        SkipGramOptions options = _run.Options;
        int centers = to - from, n = 0, first = from, last = to - 1;
        for (int c = 0; c < centers; c++)
        {
            int window = options.Window, at = from + c;
            if (options.DynamicWindow)
            {
                ulong bits = random.At(((ulong)at << PositionShift) + WindowDraw);
                window = 1 + (int)(((bits >> 32) * (ulong)window) >> 32);
            }
            _windows[c] = window;
            first = Math.Min(first, at - window);
            last = Math.Max(last, at + window);
            AddOutput(batch, n++, _session[at]);
        }
        int* positives = batch.OutputIds;
        // there is room for as many; overwritten below
        for (int c = centers; c < BlockCenters; c++) positives[c] = -1;
        (int p0, int p1, int p2, int p3) = (positives[0], positives[1], positives[2], positives[3]);
        AliasTable noise = _run.Vocabulary.Noise!;
        ulong draws = (ulong)from << PositionShift;
        int negatives = NegativesDrawn(options);
        for (int i = 0; i < negatives; i++)
        {
            int id = noise.Sample(random.At(draws + (ulong)i));
            if (((id == p0) | (id == p1) | (id == p2) | (id == p3)) == false) AddOutput(batch, n++, id);
        }
        (batch.N, batch.Centers, batch.Stride) = (n, centers, SkipGramBatch.Pad(n));
        float negativeRate = rate * options.NegativeSamples / negatives;
        int m = 0;
        for (int at = Math.Max(0, first); at <= Math.Min(last, length - 1); at++)
        {
            float* weights = batch.Weights + (long)m * batch.Stride;
            float mass = 0;
            for (int c = 0; c < centers; c++)
            {
                // Only the position is left out: a repeat of the item elsewhere is a pair, for people come
                // back to items.
                int distance = Math.Abs(at - from - c);
                bool pair = distance > 0 && distance <= _windows[c];
                weights[c] = pair ? rate * _weights[from + c] : 0;
                if (pair) mass += _weights[from + c];
            }
            if (mass == 0) continue;
            new Span<float>(weights + centers, n - centers).Fill(mass * negativeRate);
            new Span<float>(weights + n, batch.Stride - n).Clear();
            AddInput(batch, m++, _session[at]);
        }
        batch.M = m;
    }

    private void AddInput(SkipGramBatch batch, int at, int id)
    {
        batch.InputIds[at] = id;
        batch.Inputs[at] = _run.InRow(id);
        Prefetch(batch.Inputs[at], batch.Dims);
    }

    private void AddOutput(SkipGramBatch batch, int at, int id)
    {
        batch.OutputIds[at] = id;
        batch.Outputs[at] = _run.OutRow(id);
        Prefetch(batch.Outputs[at], batch.Dims);
    }

    private static void Prefetch(float* row, int dims)
    {
        if (!Sse.IsSupported) return;
        for (int d = 0; d < dims; d += 16) Sse.Prefetch0(row + d);
    }

    /// <summary>
    /// Copies the session's trained, kept events as internal ids, and their weights; returns how many.
    /// </summary>
    private int Load(int session, CounterRandom random)
    {
        long begin = _run.Offsets[session];
        int count = (int)(_run.Offsets[session + 1] - begin), length = 0;
        if (_session.Length < count) (_session, _weights) = (new int[count], new float[count]);
        float[]? keep = _run.Vocabulary.Keep, weights = _run.Weights;
        for (int i = 0; i < count; i++)
        {
            int id = _run.Vocabulary.IdOf[_run.Tokens[begin + i]];
            if (id < 0) continue;
            if (keep is not null && keep[id] < 1)
            {
                ulong bits = random.At(((ulong)i << PositionShift) + KeepDraw);
                if ((bits >> 40) * (1f / (1 << 24)) >= keep[id]) continue;
            }
            _weights[length] = weights is null ? 1 : weights[begin + i];
            _session[length++] = id;
        }
        return length;
    }
}
