using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using BenchmarkDotNet.Attributes;

namespace EmbedEngine.Benchmarks;

/// <summary>What opening and reading a store costs a byte: checksums, columns of varints.</summary>
public class DecodeKernels
{
    private const int Bytes = 1 << 16;
    private const int Values = 10_000;
    private readonly byte[] _block = new byte[Bytes];
    private byte[] _varints = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        random.NextBytes(_block);
        var writer = new VarintWriter();
        // Deltas of item rows: mostly one byte, some of two and three.
        for (int i = 0; i < Values; i++)
            writer.Signed((long)(Math.Pow(random.NextDouble(), 4) * 100_000) - 20);
        _varints = writer.Written.ToArray();
    }

    [Benchmark]
    public uint Crc32COf64KiB() => Crc32C.Compute(_block);

    [Benchmark(OperationsPerInvoke = Values)]
    public long Varint()
    {
        var reader = new VarintReader(_varints);
        long sum = 0;
        for (int i = 0; i < Values; i++) sum += reader.Signed();
        return sum;
    }
}
