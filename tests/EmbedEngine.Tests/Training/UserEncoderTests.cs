using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

/// <summary>
/// The learned user vectors: gradients by differences, what they find, and no thread in them.
/// </summary>
public sealed class UserEncoderTests
{
    private const int Items = 24;
    private const int Dims = 8;

    /// <summary>
    /// Unit vectors; what comes next is always the item after the first of a history of three.
    /// </summary>
    private sealed unsafe class World : IDisposable
    {
        private readonly NativeBuffer<float> _in = new((long)Items * 16);
        private readonly NativeBuffer<float> _out = new((long)Items * 16);

        public World()
        {
            CounterStream random = new CounterRandom(5, 5).Stream();
            for (int i = 0; i < Items; i++)
            {
                Span<float> row = _in.Slice(i * 16, Dims);
                for (int d = 0; d < Dims; d++) row[d] = (float)random.NextGaussian();
                VectorMath.Normalize(row);
            }
            for (int i = 0; i < Items; i++)
            {
                for (int d = 0; d < Dims; d++) _out.Pointer[(i * 16) + d] =
                    2 * _in.Pointer[((i + Items - 1) % Items * 16) + d];
            }
        }

        public RowMatrix In => new(_in.Pointer, Items, Dims, 16);

        public RowMatrix Out => new(_out.Pointer, Items, Dims, 16);

        public static NextItems Examples(int count)
        {
            CounterStream random = new CounterRandom(7, 7).Stream();
            var rows = new List<int>();
            var features = new List<int>();
            var targets = new List<int>();
            for (int i = 0; i < count; i++)
            {
                int first = random.NextInt(Items);
                rows.AddRange([first, random.NextInt(Items), random.NextInt(Items)]);
                features.AddRange([0, 1, 2]);
                targets.Add((first + 1) % Items);
            }
            return new NextItems(
                [.. Enumerable.Range(0, count + 1).Select(i => 3 * i)], [.. rows], [.. features], 1, 3,
                new long[3 * count], [.. targets]);
        }

        public void Dispose()
        {
            _in.Dispose();
            _out.Dispose();
        }
    }

    private static int[] Counts => [.. Enumerable.Repeat(10, Items)];

    [Fact]
    public void Attention_LearnsWhichEventMatters()
    {
        using var world = new World();
        AttentionPooling pooling = AttentionTraining.Learn(
            World.Examples(2000), world.In, world.Out, Counts, new float[3], 1, ProgressScope.None)!;
        Assert.True(pooling.Parameters[0] > pooling.Parameters[1] + 1, string.Join(' ', pooling.Parameters));
        Assert.True(pooling.Parameters[0] > pooling.Parameters[2] + 1, string.Join(' ', pooling.Parameters));
    }

    [Fact]
    public void Pool_IsTheSoftmaxOfSummedFeatures_OverEventsWithVectors()
    {
        using var world = new World();
        var pooling = new AttentionPooling([0.5f, -1, 2]);
        var weights = new float[2];
        var user = new float[Dims];
        Assert.True(pooling.Pool([0, 1, 2, 1], 2, [3, 4], world.In, weights, user));
        double a = Math.Exp(0.5 - 1), b = Math.Exp(2 - 1);
        Assert.Equal(a / (a + b), weights[0], 1e-6);
        for (int d = 0; d < Dims; d++)
            Assert.Equal((weights[0] * world.In[3][d]) + (weights[1] * world.In[4][d]), user[d], 1e-6);
        Assert.False(pooling.Pool([], 2, [], world.In, weights, user));
        Assert.Throws<ArgumentException>(() => new AttentionPooling([float.NaN]));
    }

    [Fact]
    public void Encoder_AnyThreads_GivesTheSame_AndFindsMoreThanTheAverage()
    {
        using var world = new World();
        NextItems examples = World.Examples(4000);
        UserEncoder one = EncoderTraining.Learn(
            examples, world.In, world.Out, Counts, 1, 1, ProgressScope.None)!;
        UserEncoder three = EncoderTraining.Learn(
            examples, world.In, world.Out, Counts, 1, 3, ProgressScope.None)!;
        Assert.Equal(one.Parameters, three.Parameters);
        int learned = Hits(world, examples, one.Parameters);
        int average = Hits(world, examples, new float[UserEncoder.CountOf(Dims)]);
        Assert.True(learned > average, $"{learned} of 4000, the average {average}");
    }

    private static int Hits(World world, NextItems examples, float[] parameters)
    {
        int hits = 0;
        var room = new float[UserEncoder.RoomOf(Dims)];
        var user = new float[Dims];
        for (int i = 0; i < examples.Count; i++)
        {
            UserEncoder.Encode(parameters, examples.RowsOf(i), world.In, room, user);
            int best = Enumerable.Range(0, Items).MaxBy(r => VectorMath.Dot(user, world.Out[r]));
            hits += best == examples.Targets[i] ? 1 : 0;
        }
        return hits;
    }

    [Fact]
    public void SampledSoftmax_Gradient_IsTheDifferenceOfLosses()
    {
        using var world = new World();
        var softmax = new SampledSoftmax(Counts);
        float[] user = world.In[2].ToArray();
        var gradient = new float[Dims];
        CounterStream random = new CounterRandom(3, 3).Stream();
        softmax.Add(7, user, world.Out, random, gradient);
        for (int d = 0; d < Dims; d++)
        {
            float[] up = (float[])user.Clone(), down = (float[])user.Clone();
            up[d] += 1e-2f;
            down[d] -= 1e-2f;
            float rise = softmax.Add(7, up, world.Out, random, new float[Dims])
                - softmax.Add(7, down, world.Out, random, new float[Dims]);
            Assert.Equal(rise / 2e-2f, gradient[d], 2e-2);
        }
    }
}
