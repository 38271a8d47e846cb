// One width of float vectors as a type argument: a kernel written once over ILanes is compiled for each
// width, every call inlined. Must never hold state: the vectors are the platform's own.

namespace EmbedEngine.Numerics;

/// <summary>Operations on vectors of <see cref="Width"/> floats.</summary>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>Floats a vector.</summary>
    static abstract int Width { get; }

    /// <summary>Reads <see cref="Width"/> floats; no alignment needed.</summary>
    static abstract TVector Load(float* from);

    /// <summary>Writes <see cref="Width"/> floats; no alignment needed.</summary>
    static abstract void Store(TVector x, float* to);

    /// <summary>The same number in every lane.</summary>
    static abstract TVector Broadcast(float x);

    /// <summary>x·y + sum, fused where the machine can.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector sum);

    /// <summary>x + y.</summary>
    static abstract TVector Add(TVector x, TVector y);

    /// <summary>x − y.</summary>
    static abstract TVector Subtract(TVector x, TVector y);

    /// <summary>x·y.</summary>
    static abstract TVector Multiply(TVector x, TVector y);

    /// <summary>The larger of each two lanes; what a NaN gives is the platform's choice.</summary>
    static abstract TVector Max(TVector x, TVector y);

    /// <summary>to[0..3] = the sums of the four vectors' lanes.</summary>
    static abstract void SumFour(TVector a, TVector b, TVector c, TVector d, float* to);

    /// <summary>The sum of the lanes.</summary>
    static abstract float Sum(TVector x);

    /// <summary>weight·(label − σ(x)), relative error of σ about 2e-7.</summary>
    static abstract TVector LogisticGradient(TVector x, TVector label, TVector weight);
}
