using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>
/// How near to a query coded nodes can be at most, by Cauchy and Schwarz (see <see cref="CodeScan"/>). Valid
/// while the query's buffer and the codes are.
/// </summary>
internal readonly unsafe struct CodeBound
{
    /// <summary>Room for rounding in the bound, relative to the largest term of it.</summary>
    private const float Slack = 1e-5f;

    private readonly CodeDistance _distance;
    private readonly float* _errors;
    private readonly float* _sides;
    private readonly bool _isProduct;
    private readonly float _errorFactor;
    private readonly float _lengthFactor;
    private readonly float _lengthOfSide;
    private readonly float _norm;
    private readonly float _most;

    /// <param name="codes">The nodes.</param>
    /// <param name="query">Coded by <see cref="Codes.Code"/>.</param>
    /// <param name="metric">What is compared by.</param>
    public CodeBound(Codes codes, in CodedQuery query, Metric metric)
    {
        (float codedNorm, float queryError) = Lengths(query, codes.Dims);
        // Distances and scores grow in opposite directions: d = |q − u|² for cosine and L2, d = −⟨q, x⟩ for
        // inner product.
        _isProduct = metric == Metric.InnerProduct;
        float scale = _isProduct ? 1 : 2;
        _distance = query.Distance;
        _errors = codes.Errors;
        _sides = codes.Sides;
        _norm = query.Norm;
        (_errorFactor, _lengthFactor) = (scale * codedNorm, scale * queryError);
        _lengthOfSide = 1 + MathF.Sqrt(VectorMath.Dot(codes.Mean, codes.Mean, codes.Dims));
        (float error, float side) = codes.Largest;
        _most = Margin(error, side);
    }

    /// <summary>
    /// Which of four nodes may be as near as a limit, a bit each: by the largest error and length of all
    /// nodes, which costs less than by their own, and leaves few for <see cref="Least"/>.
    /// </summary>
    /// <param name="limit">A distance.</param>
    /// <param name="a">A node; so are the others.</param>
    /// <param name="b">As it.</param>
    /// <param name="c">As it.</param>
    /// <param name="d">As it.</param>
    /// <param name="distances">By codes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Near(float limit, int a, int b, int c, int d, out Vector128<float> distances)
    {
        distances = _distance.ToFour(a, b, c, d);
        Vector128<float> least = distances - Vector128.Create(Slack) * Vector128.Abs(distances);
        // Not "at most": NaN (a damaged file) leaves nothing out.
        Vector128<float> beyond = Vector128.GreaterThan(least, Vector128.Create(limit + _most));
        return ~beyond.ExtractMostSignificantBits() & 15;
    }

    /// <summary>No more than a node's distance; NaN where a file is damaged.</summary>
    /// <param name="distance">By codes.</param>
    /// <param name="node">Whose.</param>
    public float Least(float distance, int node) =>
        distance - (Slack * MathF.Abs(distance)) - Margin(_errors[node], _sides[(2L * node) + 1]);

    private float Margin(float error, float side)
    {
        float length = _isProduct ? side * _lengthOfSide : MathF.Sqrt(side);
        return (_errorFactor * error) + (_lengthFactor * length)
            + (Slack * (MathF.Abs(side) + (_norm * _norm) + (_norm * length)));
    }

    /// <summary>Lengths of the coded query and of what coding lost, in double and rounded up.</summary>
    private static (float Coded, float Error) Lengths(in CodedQuery query, int dims)
    {
        double coded = 0, error = 0;
        for (int d = 0; d < dims; d++)
        {
            double c = (double)query.Scale * query.Codes[d], left = query.Y[d] - c;
            coded += c * c;
            error += left * left;
        }
        return ((float)Math.Sqrt(coded) * 1.000001f, (float)Math.Sqrt(error) * 1.000001f);
    }
}
