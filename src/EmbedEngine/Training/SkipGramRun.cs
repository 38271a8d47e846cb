// The state one training run shares between its workers: corpus, vocabulary and the two matrices.
// Rows are padded to 64 bytes; the padding is zero and stays zero, because every update is a sum of rows.

using System.Runtime.Intrinsics.X86;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Corpus and matrices of one run. Workers write the matrices without locks (Hogwild).</summary>
internal sealed unsafe class SkipGramRun : IDisposable
{
    private readonly NativeBuffer<float> _in;
    private readonly NativeBuffer<float> _out;
    private readonly int _stride;

    public SkipGramRun(
        long[] offsets, int[] tokens, SkipGramVocabulary vocabulary, SkipGramOptions options,
        bool useReference)
    {
        (Offsets, Tokens, Vocabulary, Options) = (offsets, tokens, vocabulary, options);
        // Without any SIMD the vector kernel would be emulated, slower than the plain loops.
        UseReference = useReference || !System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated;
        PaddedDims = SkipGramBatch.Pad(options.Dimensions);
        _stride = RowMatrix.PaddedStride(options.Dimensions);
        long cells = (long)vocabulary.RowOf.Length * _stride;
        _in = new NativeBuffer<float>(cells);
        _out = new NativeBuffer<float>(cells);
        for (int id = 0; id < vocabulary.RowOf.Length; id++)
        {
            // Keyed by row: a row starts the same whatever the others are. OUT starts at zero, as in
            // word2vec.
            CounterStream random =
                new CounterRandom(options.Seed, ulong.MaxValue, (ulong)vocabulary.RowOf[id]).Stream();
            Span<float> row = _in.Slice((long)id * _stride, options.Dimensions);
            foreach (ref float x in row) x = (random.NextFloat() - 0.5f) / options.Dimensions;
        }
    }

    public long[] Offsets { get; }

    public int[] Tokens { get; }

    /// <summary>How often each event counts as a centre, of mean 1; null = once.</summary>
    public float[]? Weights { get; init; }

    public SkipGramVocabulary Vocabulary { get; }

    public SkipGramOptions Options { get; }

    /// <summary>Runs the readable kernel instead of the fast one.</summary>
    public bool UseReference { get; }

    /// <summary>Dimensions rounded up to a multiple of 16.</summary>
    public int PaddedDims { get; }

    /// <summary>Row of the IN matrix of an id that the vocabulary gave out.</summary>
    public float* InRow(int id) => _in.Pointer + (long)id * _stride;

    /// <summary>Row of the OUT matrix of an id that the vocabulary gave out.</summary>
    public float* OutRow(int id) => _out.Pointer + (long)id * _stride;

    /// <summary>Asks the memory for a session's first events: sessions come in random order.</summary>
    public void PrefetchSession(int session)
    {
        long at = Offsets[session];
        if (!Sse.IsSupported || at >= Tokens.Length) return;
        // a hint: nothing is read, and never past the array
        fixed (int* tokens = Tokens) Sse.Prefetch0(tokens + at);
    }

    /// <summary>Copies the matrices to arrays in the caller's row order.</summary>
    public SkipGramResult ToResult(int rows)
    {
        int dims = Options.Dimensions;
        if ((long)rows * dims > Array.MaxLength)
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory, $"{rows} x {dims} floats do not fit one array");
        float[] input = new float[rows * dims], output = new float[rows * dims];
        for (int id = 0; id < Vocabulary.RowOf.Length; id++)
        {
            int at = Vocabulary.RowOf[id] * dims;
            _in.Slice((long)id * _stride, dims).CopyTo(input.AsSpan(at));
            _out.Slice((long)id * _stride, dims).CopyTo(output.AsSpan(at));
            if (float.IsFinite(VectorMath.Dot(input.AsSpan(at, dims), output.AsSpan(at, dims)))) continue;
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"training diverged at LearningRate {Options.LearningRate}: lower it");
        }
        return new SkipGramResult(rows, dims, input, output, Vocabulary.Counts);
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
    }
}
