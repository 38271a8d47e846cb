// Tall blocks: rows × 16 floats, row-major, so that one row is one cache line. The three products that block
// Krylov methods and NMF-like sweeps are made of, over a range of rows. Threads and reductions are
// BlockAlgebra's part.

using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>Kernels over tall blocks. Pointers are to 64-byte rows; callers own the bounds.</summary>
internal static unsafe partial class BlockKernels
{
    /// <summary>Columns of a block.</summary>
    public const int Width = 16;

    /// <summary>
    /// y (rows × 16) = matrix · x (columns × 16), for rows begin … end. x has matrix.Columns rows.
    /// </summary>
    public static void Multiply(CsrMatrix matrix, float* x, float* y, int begin, int end)
    {
        if (Vector512.IsHardwareAccelerated) Simd.Multiply512(matrix, x, y, begin, end);
        else if (Vector256.IsHardwareAccelerated) Simd.Multiply256(matrix, x, y, begin, end);
        else Scalar.Multiply(matrix, x, y, begin, end);
    }

    /// <summary>c (16 × 16) += vᵀ · w over a number of rows.</summary>
    public static void CrossProduct(float* v, float* w, int rows, float* c)
    {
        if (Vector512.IsHardwareAccelerated) Simd.CrossProduct512(v, w, rows, c);
        else if (Vector256.IsHardwareAccelerated) Simd.CrossProduct256(v, w, rows, c);
        else Scalar.CrossProduct(v, w, rows, c);
    }

    /// <summary>w (rows × 16) += v (rows × 16) · c (16 × 16). v and w are disjoint.</summary>
    public static void AddProduct(float* v, float* c, float* w, int rows)
    {
        if (Vector512.IsHardwareAccelerated) Simd.AddProduct512(v, c, w, rows);
        else if (Vector256.IsHardwareAccelerated) Simd.AddProduct256(v, c, w, rows);
        else Scalar.AddProduct(v, c, w, rows);
    }
}
