// A network from a history to a vector (after Covington et al. 2016): x = [mean of all, mean of the last 5,
// last] (3d) → W1 + b1 → ReLU (2d) → W2 → d, added to a plain average of the history, and scaled to length 1.
// Differs from the paper: the sum with the average, so that an unlearned network is the average, and no more
// inputs than vectors of items.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>The learned encoder. Immutable, thread-safe; allocates nothing.</summary>
internal sealed class UserEncoder
{
    /// <summary>Events in the second part of the input.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight left with each step back in the plain average.</summary>
    public const float AverageDecay = 0.86f;

    /// <param name="dims">d.</param>
    /// <param name="parameters">W1 (2d × 3d), b1 (2d), W2 (d × 2d), row-major, finite.</param>
    public UserEncoder(int dims, float[] parameters)
    {
        if (parameters.Length != CountOf(dims))
            throw new ArgumentException($"{parameters.Length} parameters, not {CountOf(dims)}");
        foreach (float value in parameters)
            if (!float.IsFinite(value)) throw new ArgumentException("a weight is not finite");
        (Dims, Parameters) = (dims, parameters);
    }

    public int Dims { get; }

    public float[] Parameters { get; }

    /// <summary>Parameters of a network of d dimensions.</summary>
    public static int CountOf(int dims) => (2 * dims * 3 * dims) + (2 * dims) + (dims * 2 * dims);

    /// <summary>Floats that <see cref="Encode"/> needs: input, hidden, and the plain average.</summary>
    public static int RoomOf(int dims) => 6 * dims;

    /// <summary>Writes the vector, not scaled; false where no event has a vector.</summary>
    /// <param name="parameters">Of a network; while it is learned they change.</param>
    /// <param name="rows">Rows of the events, oldest first.</param>
    /// <param name="vectors">Unit vectors of the items.</param>
    /// <param name="room">At least <see cref="RoomOf"/> floats; holds the input and the hidden layer
    /// after.</param>
    /// <param name="user">Receives d floats.</param>
    public static bool Encode(
        ReadOnlySpan<float> parameters, ReadOnlySpan<int> rows, in RowMatrix vectors, Span<float> room,
        Span<float> user)
    {
        int d = vectors.Dims;
        Span<float> input = room[..(3 * d)], hidden = room.Slice(3 * d, 2 * d);
        input.Clear();
        user.Clear();
        float decay = 1;
        for (int e = rows.Length - 1; e >= 0; e--, decay *= AverageDecay)
        {
            ReadOnlySpan<float> vector = vectors[rows[e]];
            VectorMath.AddScaled(input[..d], vector, 1f / rows.Length);
            if (rows.Length - e <= LastEvents)
                VectorMath.AddScaled(input.Slice(d, d), vector, 1f / Math.Min(LastEvents, rows.Length));
            if (e == rows.Length - 1) vector.CopyTo(input[(2 * d)..]);
            VectorMath.AddScaled(user, vector, decay);
        }
        if (!(VectorMath.Normalize(user) > 0)) return false;
        for (int h = 0; h < 2 * d; h++)
        {
            float sum = VectorMath.Dot(parameters.Slice(h * 3 * d, 3 * d), input)
                + parameters[(6 * d * d) + h];
            hidden[h] = Math.Max(0, sum);
        }
        ReadOnlySpan<float> second = parameters[((6 * d * d) + (2 * d))..];
        for (int i = 0; i < d; i++) user[i] += VectorMath.Dot(second.Slice(i * 2 * d, 2 * d), hidden);
        return true;
    }
}
