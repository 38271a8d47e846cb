// Adam (Kingma and Ba 2015, arXiv 1412.6980, algorithm 1), with decoupled weight decay (Loshchilov and Hutter
// 2019, arXiv 1711.05101).

namespace EmbedEngine.Training;

/// <summary>Updates one array of parameters by the mean gradient of a batch. Not thread-safe.</summary>
internal sealed class Adam(int count, float rate, float decay)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;

    private readonly float[] _first = new float[count];
    private readonly float[] _second = new float[count];
    private int _step;

    /// <summary>One step; the gradient is cleared.</summary>
    public void Step(Span<float> parameters, Span<float> gradient, float share)
    {
        _step++;
        float first = 1 - MathF.Pow(Beta1, _step), second = 1 - MathF.Pow(Beta2, _step);
        for (int i = 0; i < gradient.Length; i++)
        {
            float g = gradient[i] * share;
            _first[i] = (Beta1 * _first[i]) + ((1 - Beta1) * g);
            _second[i] = (Beta2 * _second[i]) + ((1 - Beta2) * g * g);
            float direction = _first[i] / first / (MathF.Sqrt(_second[i] / second) + Epsilon);
            parameters[i] -= rate * (direction + (decay * parameters[i]));
        }
        gradient.Clear();
    }
}
