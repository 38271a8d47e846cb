// Skip-gram with negative sampling over sessions: Mikolov et al. 2013, arXiv 1310.4546, equation 4.
// Differs from the paper:
// - Up to four neighboring positions make a block. Its negatives are drawn once and shared by its windows,
//   each weighing
//   as much as makes NegativeSamples for a pair; the update is three small matrix products (HogBatch, Ji et
//   al. 2016,
//   arXiv 1604.04661). The window's IN vectors predict the centre's OUT vector; over symmetric windows these
//   are the same
//   pairs.
// - All gradients of a block come from the values before it, then all are applied; a negative that equals
//   a positive of the block is left out.
// - One step moves a row by at most 1 (SkipGramKernel.MaxUpdate), so that no data makes it diverge.
// - The step size falls linearly over the sessions of the whole run, and is a function of the place in it
//   alone.
// - An event may have a weight w: its terms as a centre count w times in equation 4, and its item so often in
//   the distribution of negatives, as if its window were met w times (what confidence is in Hu, Koren and
//   Volinsky 2008, equation 3). Weights are divided by their mean: the average event learns at the rate set.
// - Both matrices are kept: the next item is predicted by IN·OUT.
// Random numbers do not depend on threads; in the fast mode the interleaving of lock-free updates still does.
// The deterministic mode is SkipGramRounds.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Trains item vectors from sessions.</summary>
internal static class SkipGram
{
    private const int ChunkSessions = 256;

    /// <summary>
    /// Trains on sessions: session s is tokens[offsets[s] .. offsets[s + 1]), each token a row in [0, rows).
    /// </summary>
    /// <param name="offsets">Sessions + 1 starts in <paramref name="tokens"/>.</param>
    /// <param name="tokens">Rows.</param>
    /// <param name="rows">Rows there are.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Progress and cancellation.</param>
    /// <param name="useReference">By the readable kernel.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="weights">Of each event, above 0, in relation to each other; null = all alike, which is
    /// the same bytes as equal weights.</param>
    /// <exception cref="ArgumentException">Offsets, tokens or weights are not such.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="EmbedEngineException">Cancelled, diverged or out of memory.</exception>
    public static SkipGramResult Train(
        long[] offsets, int[] tokens, int rows, SkipGramOptions options, ProgressScope progress,
        bool useReference = false, string stage = "item2vec", float[]? weights = null)
    {
        options.Validate();
        CheckOffsets(offsets, tokens.Length);
        float[]? scaled = weights is null ? null : OfMeanOne(weights, tokens.Length);
        var vocabulary = new SkipGramVocabulary(tokens, rows, options, scaled);
        using var run = new SkipGramRun(offsets, tokens, vocabulary, options, useReference)
        {
            Weights = scaled,
        };
        if (vocabulary.Noise is not null) RunEpochs(run, progress, stage);
        return run.ToResult(rows);
    }

    private static void RunEpochs(SkipGramRun run, ProgressScope progress, string stage)
    {
        SkipGramOptions options = run.Options;
        int threads = options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;
        var order = new int[run.Offsets.Length - 1];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        var workers = new SkipGramWorker[threads];
        try
        {
            for (int t = 0; t < threads; t++) workers[t] = new SkipGramWorker(run);
            progress.Begin(stage, (long)run.Tokens.Length * options.Epochs, "tokens");
            for (int epoch = 0; epoch < options.Epochs; epoch++)
            {
                Shuffle(order, new CounterRandom(options.Seed, 0, (ulong)epoch).Stream());
                if (options.Deterministic) RunRounds(run, epoch, order, workers, progress);
                else RunEpoch(run, epoch, order, workers, progress);
            }
            progress.End();
        }
        finally
        {
            foreach (SkipGramWorker? worker in workers) worker?.Dispose();
        }
    }

    /// <summary>Step size at a place of an epoch's order.</summary>
    public static float Rate(SkipGramOptions options, int epoch, long at, int sessions)
    {
        double left = 1 - ((double)epoch * sessions + at) / ((double)sessions * options.Epochs);
        return (float)(options.LearningRate * Math.Max(left, options.MinLearningRateFraction));
    }

    private static void RunRounds(
        SkipGramRun run, int epoch, int[] order, SkipGramWorker[] workers, ProgressScope progress)
    {
        using var rounds = new SkipGramRounds(run, epoch, order, workers, progress);
        rounds.Run();
    }

    private static void RunEpoch(
        SkipGramRun run, int epoch, int[] order, SkipGramWorker[] workers, ProgressScope progress)
    {
        long next = 0;
        WorkerTeam.Run(workers.Length, worker =>
        {
            while (true)
            {
                progress.ThrowIfCancelled();
                long begin = (Interlocked.Increment(ref next) - 1) * ChunkSessions, tokens = 0;
                if (begin >= order.Length) return;
                long end = Math.Min(begin + ChunkSessions, order.Length);
                for (long i = begin; i < end; i++)
                {
                    if (i + 4 < end) run.PrefetchSession(order[i + 4]);
                    workers[worker].Session(epoch, order[i], Rate(run.Options, epoch, i, order.Length));
                    tokens += run.Offsets[order[i] + 1] - run.Offsets[order[i]];
                }
                workers[worker].Flush();
                progress.Add(tokens);
            }
        }, progress);
    }

    /// <summary>Fisher and Yates, from the order of the epoch before.</summary>
    private static void Shuffle(int[] order, CounterStream random)
    {
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }

    /// <summary>Weights in units of their mean: equal ones become 1 exactly.</summary>
    private static float[] OfMeanOne(float[] weights, int tokens)
    {
        if (weights.Length != tokens)
            throw new ArgumentException($"{weights.Length} weights of {tokens} tokens", nameof(weights));
        double sum = 0;
        foreach (float weight in weights)
        {
            if (!(weight > 0) || !float.IsFinite(weight))
                throw new ArgumentException($"a weight is {weight}, not above 0", nameof(weights));
            sum += weight;
        }
        double mean = sum / Math.Max(1, tokens);
        return Array.ConvertAll(weights, weight => (float)(weight / mean));
    }

    private static void CheckOffsets(long[] offsets, int tokens)
    {
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != tokens)
            throw new ArgumentException($"offsets must run from 0 to {tokens}", nameof(offsets));
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i] < offsets[i - 1] || offsets[i] - offsets[i - 1] > Array.MaxLength)
                throw new ArgumentException($"offsets fall at {i}", nameof(offsets));
        }
    }
}
