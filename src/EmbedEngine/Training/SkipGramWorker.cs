// Walks sessions and feeds the kernel: subsampling, windows and negatives. Every random number is a function
// of (seed, epoch, session, position): must never depend on which worker draws it.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>One worker of a training run. Not thread-safe; workers share the two matrices.</summary>
internal sealed unsafe class SkipGramWorker : IDisposable
{
    // Draws of one position lie together: bit 0.. of the counter number them, the position is above.
    private const int PositionShift = 16;
    private const ulong WindowDraw = (1 << PositionShift) - 1;
    private const ulong KeepDraw = (1 << PositionShift) - 2;

    private readonly SkipGramRun _run;
    private readonly SkipGramBatch _batch;
    private int[] _session = new int[64];

    public SkipGramWorker(SkipGramRun run)
    {
        _run = run;
        _batch = new SkipGramBatch(2 * run.Options.Window, run.Options.NegativeSamples + 1, run.PaddedDims);
    }

    /// <summary>Trains on one session at a learning rate.</summary>
    public void Session(int epoch, int session, float rate)
    {
        // Stream 0 is the order of sessions, so epochs start at 1.
        var random = new CounterRandom(_run.Options.Seed, 1 + (ulong)epoch, (ulong)session);
        int length = Load(session, random);
        SkipGramOptions options = _run.Options;
        for (int center = 0; center < length; center++)
        {
            ulong draws = (ulong)center << PositionShift;
            int window = options.Window;
            if (options.DynamicWindow)
                window = 1 + (int)(((random.At(draws + WindowDraw) >> 32) * (ulong)window) >> 32);
            int begin = Math.Max(0, center - window), end = Math.Min(length - 1, center + window);
            if (begin == end) continue;
            int m = 0;
            for (int at = begin; at <= end; at++)
            {
                // Only the position is left out: a repeat of the item elsewhere is a pair, for people come
                // back to items.
                if (at != center) _batch.Inputs[m++] = _run.InRow(_session[at]);
            }
            int positive = _session[center], n = 0;
            _batch.Outputs[n++] = _run.OutRow(positive);
            for (int i = 0; i < options.NegativeSamples; i++)
            {
                int negative = _run.Vocabulary.Noise!.Sample(random.At(draws + (ulong)i));
                if (negative != positive) _batch.Outputs[n++] = _run.OutRow(negative);
            }
            (_batch.M, _batch.N) = (m, n);
            if (_run.UseReference) SkipGramKernel.ReferenceStep(_batch, rate);
            else SkipGramKernel.Step(_batch, rate);
        }
    }

    public void Dispose() => _batch.Dispose();

    /// <summary>Copies the session's trained, kept events as internal ids; returns how many.</summary>
    private int Load(int session, CounterRandom random)
    {
        long begin = _run.Offsets[session];
        int count = (int)(_run.Offsets[session + 1] - begin), length = 0;
        if (_session.Length < count) _session = new int[count];
        float[]? keep = _run.Vocabulary.Keep;
        for (int i = 0; i < count; i++)
        {
            int id = _run.Vocabulary.IdOf[_run.Tokens[begin + i]];
            if (id < 0) continue;
            if (keep is not null && keep[id] < 1)
            {
                ulong bits = random.At(((ulong)i << PositionShift) + KeepDraw);
                if ((bits >> 40) * (1f / (1 << 24)) >= keep[id]) continue;
            }
            _session[length++] = id;
        }
        return length;
    }
}
