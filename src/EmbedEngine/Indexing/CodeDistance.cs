// Distances by 8-bit codes: what the walk goes by where an index has them; the few nearest are then measured
// exactly. distance = alpha·A[node]·(inner product of codes) + beta·B[node] + offset; Codes.cs says what A
// and B are.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>A coded query against coded nodes. Valid while the query's buffer and the codes are.</summary>
internal readonly unsafe struct CodeDistance : INodeDistance
{
    /// <summary>Bytes asked for ahead of a distance; beyond them the hardware follows by itself.</summary>
    private const int PrefetchBytes = 512;

    private readonly byte* _codes;
    private readonly float* _sides;
    private readonly sbyte* _query;
    private readonly nint _stride;
    private readonly int _length;
    private readonly int _bias;
    private readonly float _alpha;
    private readonly float _beta;
    private readonly float _offset;

    /// <param name="codes">The nodes.</param>
    /// <param name="query">Signed codes, padded as <see cref="CodeMath.Padded"/> says.</param>
    /// <param name="sum">Σ query.</param>
    /// <param name="alpha">Factor of A·inner product.</param>
    /// <param name="beta">Factor of B.</param>
    /// <param name="offset">Added to every distance.</param>
    public CodeDistance(Codes codes, sbyte* query, int sum, float alpha, float beta, float offset)
    {
        _codes = codes.Pointer;
        _sides = codes.Sides;
        _query = query;
        (_stride, _length, _bias) = (codes.Stride, CodeMath.Padded(codes.Dims), 128 * sum);
        (_alpha, _beta, _offset) = (alpha, beta, offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float To(int node)
    {
        int dot = CodeMath.Dot(_query, _bias, _codes + node * _stride, _length);
        return _alpha * (_sides[2 * (long)node] * dot) + _beta * _sides[2 * (long)node + 1] + _offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> ToFour(int a, int b, int c, int d)
    {
        Vector128<int> dots = CodeMath.DotFour(
            _query, _bias, _codes + a * _stride, _codes + b * _stride, _codes + c * _stride,
            _codes + d * _stride, _length);
        float* s0 = _sides + 2 * (long)a, s1 = _sides + 2 * (long)b, s2 = _sides + 2 * (long)c,
            s3 = _sides + 2 * (long)d;
        Vector128<float> factors = Vector128.Create(s0[0], s1[0], s2[0], s3[0]);
        Vector128<float> terms = Vector128.Create(s0[1], s1[1], s2[1], s3[1]);
        return Vector128.Create(_alpha) * (factors * Vector128.ConvertToSingle(dots))
            + Vector128.Create(_beta) * terms
            + Vector128.Create(_offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int node)
    {
        MemoryHint.Soon(_codes + node * _stride, Math.Min(_length, PrefetchBytes));
    }
}

/// <summary>All coded nodes against each other: squared distances of what was coded.</summary>
internal readonly unsafe struct CodeSpace(Codes codes) : INodeSpace<CodeDistance>
{
    public CodeDistance From(int node, HnswScratch scratch)
    {
        int length = CodeMath.Padded(codes.Dims);
        sbyte* query = scratch.CodeBuffer(length);
        int sum = CodeMath.ToQuery(codes.Row(node), query, length);
        float* side = codes.Sides + 2 * (long)node;
        return new CodeDistance(codes, query, sum, -2 * side[0], 1, side[1]);
    }
}
