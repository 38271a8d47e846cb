// What one worker of a pass keeps while it goes over rows. Must never be shared.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Pointers to the rows at hand, their products, and sums in float that a part takes over in double.
/// </summary>
internal sealed unsafe class NmfScratch : IDisposable
{
    private const int Width = BlockKernels.Width;
    private const int Cells = Width * Width;

    private readonly NativeBuffer<float> _products;
    private readonly NativeBuffer<nint> _pointers;
    private readonly NativeBuffer<float> _gram;
    private readonly int _blocks;

    /// <param name="blocks">Blocks of 16 columns of the factor.</param>
    /// <param name="crossRows">Columns of X where XᵀW is summed by rows, else 0.</param>
    public NmfScratch(int blocks, int crossRows)
    {
        _blocks = blocks;
        _products = new NativeBuffer<float>((long)blocks * NmfPasses.ChunkRows * Width);
        _pointers = new NativeBuffer<nint>(2 * blocks);
        _gram = new NativeBuffer<float>(blocks * blocks * Cells);
        Tiles = new NativeBuffer<float>(2L * blocks * Width * NmfSweep.MaxTileRows);
        Cross = new NativeBuffer<float>((long)crossRows * blocks * Width);
        Factor = (float**)_pointers.Pointer;
        Product = Factor + blocks;
        for (int b = 0; b < blocks; b++) Product[b] = _products.Pointer + b * NmfPasses.ChunkRows * Width;
    }

    /// <summary>Blocks of the chunk's rows of the factor.</summary>
    public float** Factor { get; }

    /// <summary>Blocks of the chunk's products.</summary>
    public float** Product { get; }

    /// <summary>Room for <see cref="NmfSweep"/>.</summary>
    public NativeBuffer<float> Tiles { get; }

    /// <summary>XᵀW of the rows since <see cref="Clear"/>, blocks × columns × 16.</summary>
    public NativeBuffer<float> Cross { get; }

    /// <summary>Forgets all sums.</summary>
    public void Clear()
    {
        _gram.Slice(0, (int)_gram.Count).Clear();
        Cross.Slice(0, (int)Cross.Count).Clear();
    }

    /// <summary>Adds the chunk's share of the factor's Gram matrix.</summary>
    public void AddGram(int count)
    {
        for (int i = 0; i < _blocks; i++)
            for (int j = 0; j < _blocks; j++)
                BlockKernels.CrossProduct(
                    Factor[i], Factor[j], count, _gram.Pointer + (i * _blocks + j) * Cells);
    }

    /// <summary>
    /// sums (square, as wide as the factor) += the Gram matrix of the rows since <see cref="Clear"/>.
    /// </summary>
    public void FlushGram(double[] sums)
    {
        int size = _blocks * Width;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                int tile = i / Width * _blocks + j / Width;
                sums[i * size + j] += _gram.Pointer[tile * Cells + i % Width * Width + j % Width];
            }
        }
    }

    public void Dispose()
    {
        _products.Dispose();
        _pointers.Dispose();
        _gram.Dispose();
        Tiles.Dispose();
        Cross.Dispose();
    }
}
