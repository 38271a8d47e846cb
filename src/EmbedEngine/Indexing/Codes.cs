// 8-bit codes of the rows an index walks over. What is coded is y = u − mean, where u is the row (L2) or the
// row made unit length (cosine; inner product, whose graph is the cosine's): taking the mean away changes no
// order and makes the codes finer. y ≈ scale·code with the row's own scale, so one huge row costs the others
// nothing. With s the scale of the query q, the distance alpha·A·⟨codes⟩ + beta·B (+ a constant) is
//   L2, cosine: |q − u|² = |q − mean|² − 2·s·scale·⟨codes⟩ + |y|²
//               A = scale, B = |y|², alpha = −2·s, beta = 1
//   product:    −⟨q, x⟩ = −s·|x|·scale·⟨codes⟩ − ⟨q, mean⟩·|x|
//               A = |x|·scale, B = |x|, alpha = −s, beta = −⟨q, mean⟩
// Must never decide a result: the codes choose what is measured exactly.

using System.Runtime.CompilerServices;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>
/// Codes where they lie: native memory while building, the mapped file while serving. Owns nothing.
/// </summary>
internal sealed unsafe class Codes
{
    private StrongBox<(float Error, float Side)>? _largest;

    public required int Count { get; init; }

    public required int Dims { get; init; }

    /// <summary>Count × <see cref="Stride"/> bytes, each code + 128; padding is 128.</summary>
    public required byte* Pointer { get; init; }

    /// <summary>A and B of each node.</summary>
    public required float* Sides { get; init; }

    /// <summary>Length of y − scale·code, times |x| for inner product: no less than the true one.</summary>
    public required float* Errors { get; init; }

    /// <summary>Dims floats.</summary>
    public required float* Mean { get; init; }

    /// <summary>Largest error and largest B of all nodes; looked for at the first use.</summary>
    public (float Error, float Side) Largest => (Volatile.Read(ref _largest) ?? FindLargest()).Value;

    public nint Stride => StrideOf(Dims);

    public byte* Row(int node) => Pointer + node * Stride;

    /// <summary>Bytes of a row: whole cache lines, or half of one.</summary>
    public static int StrideOf(int dims) => dims <= 32 ? 32 : checked(dims + 63) & ~63;

    private StrongBox<(float Error, float Side)> FindLargest()
    {
        float error = 0, side = 0;
        for (int node = 0; node < Count; node++)
        {
            // Of NaN (a damaged file) this is NaN, by which nothing is left out.
            error = MathF.Max(error, Errors[node]);
            side = MathF.Max(side, Sides[(2L * node) + 1]);
        }
        return _largest = new StrongBox<(float Error, float Side)>((error, side));
    }

    /// <summary>
    /// Codes a query in the scratch and says how far nodes are from it. The query is finite and has Dims
    /// floats.
    /// </summary>
    public CodedQuery Code(ReadOnlySpan<float> query, Metric metric, HnswScratch scratch)
    {
        float* y = scratch.FloatBuffer(Dims);
        var copy = new Span<float>(y, Dims);
        query.CopyTo(copy);
        sbyte* codes = scratch.CodeBuffer(CodeMath.Padded(Dims));
        if (metric == Metric.Cosine) VectorMath.Normalize(copy);
        float meanDot = metric == Metric.InnerProduct ? VectorMath.Dot(y, Mean, Dims) : 0;
        if (metric != Metric.InnerProduct) VectorMath.AddScaled(y, Mean, -1, Dims);
        float squared = VectorMath.Dot(y, y, Dims);
        int sum = CodeMath.Encode(y, Dims, codes, out float scale);
        CodeDistance distance = metric == Metric.InnerProduct
            ? new CodeDistance(this, codes, sum, -scale, -meanDot, 0)
            : new CodeDistance(this, codes, sum, -2 * scale, 1, squared);
        return new CodedQuery(distance, y, codes, scale, MathF.Sqrt(squared));
    }
}

/// <summary>
/// A query as <see cref="Codes.Code"/> left it in the scratch: Y is what was coded, Norm its length.
/// </summary>
internal readonly unsafe struct CodedQuery(
    CodeDistance distance, float* y, sbyte* codes, float scale, float norm)
{
    public CodeDistance Distance { get; } = distance;

    public float* Y { get; } = y;

    public sbyte* Codes { get; } = codes;

    public float Scale { get; } = scale;

    public float Norm { get; } = norm;
}
