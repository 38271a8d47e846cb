using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Learns a <see cref="UserEncoder"/> in one item space: batches are cut into parts that are summed in order,
/// so that any number of threads gives the same network.
/// </summary>
internal sealed class EncoderTraining
{
    private const int Epochs = 6;
    private const int Batch = 128;
    private const int Parts = 8;
    private const float Rate = 1e-3f;
    private const float Decay = 1e-3f;
    private const ulong Key = 0xE4C;

    private readonly NextItems _examples;
    private readonly RowMatrix _in, _out;
    private readonly ulong _seed;
    private readonly float[] _parameters;
    private readonly Part[] _parts;

    private EncoderTraining(
        NextItems examples, RowMatrix inVectors, RowMatrix outVectors, ReadOnlySpan<int> counts, ulong seed)
    {
        (_examples, _in, _out, _seed) = (examples, inVectors, outVectors, seed);
        int d = inVectors.Dims;
        _parameters = new float[UserEncoder.CountOf(d)];
        CounterStream random = new CounterRandom(seed, Key).Stream();
        // He et al. 2015 for the first layer; the second begins at zero, so that the network is the average.
        float spread = MathF.Sqrt(2f / (3 * d));
        for (int i = 0; i < 6 * d * d; i++) _parameters[i] = (float)random.NextGaussian() * spread;
        _parts = new Part[Parts];
        for (int p = 0; p < Parts; p++)
            _parts[p] = new Part(new SampledSoftmax(counts), d, _parameters.Length);
    }

    /// <summary>What one part of a batch works with.</summary>
    private sealed record Part(SampledSoftmax Softmax, int Dims, int Count)
    {
        public float[] Gradient { get; } = new float[Count];

        public float[] Room { get; } = new float[UserEncoder.RoomOf(Dims)];

        public float[] User { get; } = new float[Dims];

        public float[] Pull { get; } = new float[Dims];

        public float[] Hidden { get; } = new float[2 * Dims];
    }

    /// <summary>Null where there is nothing to learn from.</summary>
    public static UserEncoder? Learn(
        NextItems examples, RowMatrix inVectors, RowMatrix outVectors, ReadOnlySpan<int> counts, ulong seed,
        int threads, ProgressScope progress)
    {
        if (examples.Count == 0) return null;
        var run = new EncoderTraining(examples, inVectors, outVectors, counts, seed);
        run.Run(threads, progress);
        return Array.TrueForAll(run._parameters, float.IsFinite)
            ? new UserEncoder(inVectors.Dims, run._parameters) : null;
    }

    private void Run(int threads, ProgressScope progress)
    {
        var adam = new Adam(_parameters.Length, Rate, Decay);
        int[] order = [.. Enumerable.Range(0, _examples.Count)];
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            CounterStream random = new CounterRandom(_seed, Key, (ulong)epoch, ulong.MaxValue).Stream();
            for (int i = order.Length - 1; i > 0; i--)
            {
                int j = random.NextInt(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }
            int pass = epoch;
            for (int first = 0; first < order.Length; first += Batch)
            {
                int begin = first, count = Math.Min(Batch, order.Length - first);
                WorkerTeam.For(threads, Parts, 1, (_, part, _) =>
                {
                    for (int i = (int)part; i < count; i += Parts)
                        Step(_parts[part], order[begin + i], pass);
                });
                for (int p = 1; p < Parts; p++)
                {
                    VectorMath.AddScaled(_parts[0].Gradient, _parts[p].Gradient, 1);
                    Array.Clear(_parts[p].Gradient);
                }
                adam.Step(_parameters, _parts[0].Gradient, 1f / count);
                progress.Add(count);
                progress.Poll();
            }
        }
    }

    private void Step(Part part, int example, int epoch)
    {
        int d = part.Dims;
        if (!UserEncoder.Encode(_parameters, _examples.RowsOf(example), _in, part.Room, part.User)) return;
        float norm = VectorMath.Normalize(part.User);
        if (!(norm > 0)) return;
        Array.Clear(part.Pull);
        CounterStream random = new CounterRandom(_seed, Key, (ulong)epoch, (ulong)example).Stream();
        part.Softmax.Add(_examples.Targets[example], part.User, _out, random, part.Pull);
        Projection.OfUnit(part.User, norm, part.Pull);
        ReadOnlySpan<float> input = part.Room.AsSpan(0, 3 * d), hidden = part.Room.AsSpan(3 * d, 2 * d);
        int second = (6 * d * d) + (2 * d);
        Array.Clear(part.Hidden);
        for (int i = 0; i < d; i++)
        {
            VectorMath.AddScaled(part.Gradient.AsSpan(second + (i * 2 * d), 2 * d), hidden, part.Pull[i]);
            VectorMath.AddScaled(part.Hidden, _parameters.AsSpan(second + (i * 2 * d), 2 * d), part.Pull[i]);
        }
        for (int h = 0; h < 2 * d; h++)
        {
            if (!(hidden[h] > 0)) continue;
            VectorMath.AddScaled(part.Gradient.AsSpan(h * 3 * d, 3 * d), input, part.Hidden[h]);
            part.Gradient[(6 * d * d) + h] += part.Hidden[h];
        }
    }
}
