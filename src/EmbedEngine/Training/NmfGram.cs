using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Minus the Gram matrix of a factor, and the reciprocals of its diagonal (0 where the diagonal is 0), as
/// <see cref="NmfSweep"/> reads them. Owns its memory.
/// </summary>
internal sealed unsafe class NmfGram : IDisposable
{
    private readonly NativeBuffer<float> _minus;
    private readonly NativeBuffer<float> _reciprocal;

    public NmfGram(int rank)
    {
        Rank = rank;
        Size = (rank + BlockKernels.Width - 1) / BlockKernels.Width * BlockKernels.Width;
        _minus = new NativeBuffer<float>(Size * Size);
        _reciprocal = new NativeBuffer<float>(Size);
        Values = new double[Size * Size];
    }

    /// <summary>Coordinates of a row.</summary>
    public int Rank { get; }

    /// <summary><see cref="Rank"/> rounded up to whole blocks of 16.</summary>
    public int Size { get; }

    /// <summary>Size × Size; zeros past the rank.</summary>
    public float* Minus => _minus.Pointer;

    /// <summary>Size.</summary>
    public float* Reciprocal => _reciprocal.Pointer;

    /// <summary>The Gram matrix itself, Size × Size; write it, then call <see cref="Set"/>.</summary>
    public double[] Values { get; }

    /// <summary>Takes over <see cref="Values"/>.</summary>
    public void Set()
    {
        for (int i = 0; i < Size * Size; i++) Minus[i] = -(float)Values[i];
        for (int t = 0; t < Size; t++)
            Reciprocal[t] = Minus[t * Size + t] == 0 ? 0 : -1 / Minus[t * Size + t];
    }

    public void Dispose()
    {
        _minus.Dispose();
        _reciprocal.Dispose();
    }
}
