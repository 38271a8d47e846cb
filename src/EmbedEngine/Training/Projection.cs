using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Gradients through x ↦ x / |x|.</summary>
internal static class Projection
{
    /// <summary>
    /// Turns a gradient by the unit vector into one by the vector before it was scaled: (g − (g·û) û) / |x|.
    /// </summary>
    public static void OfUnit(ReadOnlySpan<float> unit, float norm, Span<float> gradient)
    {
        float along = VectorMath.Dot(gradient, unit);
        VectorMath.AddScaled(gradient, unit, -along);
        for (int i = 0; i < gradient.Length; i++) gradient[i] /= norm;
    }
}
