using EmbedEngine.Numerics;

namespace EmbedEngine.Benchmarks;

/// <summary>Numbers to work on, the same in every run.</summary>
internal static class Fill
{
    /// <summary>Uniform in −½ … ½.</summary>
    public static void Uniform(NativeBuffer<float> buffer)
    {
        CounterStream random = new CounterRandom(1).Stream();
        foreach (ref float x in buffer.Slice(0, (int)buffer.Count)) x = random.NextFloat() - 0.5f;
    }

    /// <summary>
    /// A sparse matrix with 12 entries a row, most in the first columns, as items of sessions are.
    /// </summary>
    public static CsrMatrix Sparse(int size)
    {
        const int Entries = 12;
        var random = new Random(1);
        var offsets = new long[size + 1];
        var indices = new int[size * Entries];
        var values = new float[size * Entries];
        for (int e = 0; e < indices.Length; e++)
            (indices[e], values[e]) = ((int)(Math.Pow(random.NextDouble(), 3) * size), random.NextSingle());
        for (int r = 0; r <= size; r++) offsets[r] = (long)r * Entries;
        return new CsrMatrix(size, size, offsets, indices, values);
    }
}
