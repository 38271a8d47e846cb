// Softmax over one true item and items drawn by count^.5, the draw taken off (Bengio and Senécal 2008,
// importance sampling): logit = s · û·o − ln q. Items are scored as retrieval does, by inner product with OUT
// vectors.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Loss and gradient of one example. One object a thread.</summary>
internal sealed class SampledSoftmax
{
    /// <summary>Items drawn beside the true one.</summary>
    public const int Negatives = 128;

    /// <summary>What the product of a unit vector and an OUT vector is multiplied by.</summary>
    public const float Scale = 4;

    private readonly AliasTable _draw;
    private readonly float[] _logShare;
    private readonly int[] _rows = new int[Negatives + 1];
    private readonly float[] _logits = new float[Negatives + 1];

    /// <param name="counts">Events of each item; those with none are never drawn.</param>
    public SampledSoftmax(ReadOnlySpan<int> counts)
    {
        double[] weights = new double[counts.Length];
        double sum = 0;
        for (int row = 0; row < weights.Length; row++) sum += weights[row] =
            Math.Sqrt(Math.Max(0, counts[row]));
        _draw = new AliasTable(weights);
        _logShare = Array.ConvertAll(weights, w => (float)Math.Log(Math.Max(1e-30, w / sum)));
    }

    /// <summary>Adds dLoss/dû to the gradient and returns the loss.</summary>
    public float Add(
        int target, ReadOnlySpan<float> user, in RowMatrix outVectors, CounterStream random,
        Span<float> gradient)
    {
        _rows[0] = target;
        for (int n = 1; n <= Negatives; n++) _rows[n] = _draw.Sample(random.NextUInt64());
        float top = float.NegativeInfinity;
        for (int n = 0; n <= Negatives; n++)
        {
            // A draw of the true item teaches nothing.
            _logits[n] = n > 0 && _rows[n] == target ? float.NegativeInfinity
                : (Scale * VectorMath.Dot(user, outVectors[_rows[n]])) - _logShare[_rows[n]];
            top = Math.Max(top, _logits[n]);
        }
        float sum = 0;
        for (int n = 0; n <= Negatives; n++) sum += _logits[n] = MathF.Exp(_logits[n] - top);
        for (int n = 0; n <= Negatives; n++)
        {
            float share = (_logits[n] / sum) - (n == 0 ? 1 : 0);
            if (share != 0) VectorMath.AddScaled(gradient, outVectors[_rows[n]], Scale * share);
        }
        return -MathF.Log(Math.Max(1e-30f, _logits[0] / sum));
    }
}
