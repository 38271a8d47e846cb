// Vectors in memory that grow and change while they are searched: chunks of rows, of which a change copies
// those it touches and shares the rest. Searching reads every row, by 8-bit codes, and measures those that
// could be among the best: for y = coded + e and q = coded q + f, ⟨q, y⟩ ≤ ⟨coded q, coded y⟩ + |coded q|·|e|
// + |f|·|y| (Cauchy and Schwarz), so that what is left out cannot enter, and the result is exact. For some
// ten thousand rows beside an index, where a graph of their own would cost more to keep than it saves.

using System.Numerics;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>
/// Rows × dims floats, each row of length 1. Immutable, thread-safe: <see cref="Editor"/> makes the next one.
/// </summary>
internal sealed unsafe class RowChunks
{
    /// <summary>Rows a chunk: four words of a bitmap.</summary>
    public const int ChunkRows = 256;

    /// <summary>Dimensions at most: codes of a query lie on the stack.</summary>
    public const int MostDims = 4096;

    private const int ChunkWords = ChunkRows / 64;
    private const float Slack = 1e-5f; // for rounding; rows and queries have length 1

    private readonly Chunk[] _chunks;
    private readonly ulong[] _with;

    private RowChunks(int dims, Chunk[] chunks, ulong[] with, int count) =>
        (Dims, _chunks, _with, Count) = (dims, chunks, with, count);

    /// <summary>
    /// Rows with their codes (+ 128), the scale of each, and the length of what coding lost.
    /// </summary>
    private sealed class Chunk
    {
        public required float[] Rows { get; init; }

        public required byte[] Codes { get; init; }

        public required float[] Scales { get; init; }

        public required float[] Errors { get; init; }

        public static Chunk New(int dims)
        {
            var codes = new byte[ChunkRows * CodeMath.Padded(dims)];
            Array.Fill(codes, CodeMath.Zero);
            return new Chunk
            {
                Rows = new float[ChunkRows * dims], Codes = codes, Scales = new float[ChunkRows],
                Errors = new float[ChunkRows],
            };
        }

        public Chunk Copy() => new()
        {
            Rows = [.. Rows], Codes = [.. Codes], Scales = [.. Scales], Errors = [.. Errors],
        };
    }

    /// <summary>No row at all.</summary>
    public static RowChunks None(int dims) => new(dims, [], [], 0);

    public int Dims { get; }

    /// <summary>Rows that have a vector.</summary>
    public int Count { get; }

    /// <summary>
    /// Bit r of word r / 64: whether row r has a vector. No row from 64 times its length on has.
    /// </summary>
    public ReadOnlySpan<ulong> With => _with;

    public bool Has(int row) =>
        (uint)row < (uint)_with.Length * 64u && (_with[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>The vector of a row that <see cref="Has"/> one.</summary>
    public ReadOnlySpan<float> this[int row] =>
        _chunks[row / ChunkRows].Rows.AsSpan(row % ChunkRows * Dims, Dims);

    /// <summary>Offers every row that may be among the best its inner product with the query. Allocates
    /// nothing.</summary>
    /// <param name="query">Dims floats, of length 1.</param>
    /// <param name="allowed">Words over the rows; empty = all. Shorter ones allow nothing beyond.</param>
    /// <param name="least">Scores below it are not offered.</param>
    /// <param name="firstRow">Added to the rows offered.</param>
    /// <param name="top">Receives them.</param>
    public void Scan(
        ReadOnlySpan<float> query, ReadOnlySpan<ulong> allowed, float least, int firstRow, ref TopK top)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, Dims);
        int words = allowed.IsEmpty ? _with.Length : Math.Min(_with.Length, allowed.Length);
        sbyte* codes = stackalloc sbyte[CodeMath.Padded(Dims)];
        // In bounds: the query has Dims floats and its codes Padded(Dims) places; a chunk has ChunkRows rows
        // of as many, and a word of a bitmap is a quarter of its rows.
        fixed (float* q = query)
        {
            var asked = new Query(q, codes, Dims);
            for (int word = 0; word < words; word++)
            {
                ulong bits = _with[word] & (allowed.IsEmpty ? ulong.MaxValue : allowed[word]);
                if (bits == 0) continue;
                Chunk chunk = _chunks[word / ChunkWords];
                int begin = word % ChunkWords * 64;
                float threshold = Math.Max(least, top.Threshold);
                for (bits = Near(asked, chunk, begin, bits, threshold); bits != 0; bits &= bits - 1)
                {
                    int bit = BitOperations.TrailingZeroCount(bits);
                    float score = VectorMath.Dot(
                        query, chunk.Rows.AsSpan((begin + bit) * Dims, Dims));
                    if (score >= threshold && top.Offer(score, firstRow + (word << 6) + bit))
                        threshold = Math.Max(least, top.Threshold);
                }
            }
        }
    }

    /// <summary>A query and its codes.</summary>
    private readonly struct Query
    {
        public readonly sbyte* Codes;
        public readonly int Bias, Length;
        public readonly float Scale, CodedNorm, Margin;

        public Query(float* query, sbyte* codes, int dims)
        {
            Codes = codes;
            Length = CodeMath.Padded(dims);
            Bias = CodeMath.Zero * CodeMath.Encode(query, dims, codes, out Scale);
            (CodedNorm, float error) = Lengths(query, codes, Scale, dims);
            Margin = error + Slack;
        }
    }

    /// <summary>Which of 64 rows may reach a score, those that are asked about.</summary>
    private static ulong Near(in Query query, Chunk chunk, int begin, ulong bits, float score)
    {
        ulong near = 0;
        Vector128<float> limit = Vector128.Create(score - query.Margin);
        fixed (byte* codes = &chunk.Codes[begin * query.Length])
        fixed (float* scales = &chunk.Scales[begin], errors = &chunk.Errors[begin])
        {
            for (int row = 0; row < 64; row += 4)
            {
                if ((bits >> row & 15) == 0) continue;
                byte* four = codes + ((long)row * query.Length);
                Vector128<int> dots = CodeMath.DotFour(
                    query.Codes, query.Bias, four, four + query.Length, four + (2 * query.Length),
                    four + (3 * query.Length), query.Length);
                Vector128<float> most = (Vector128.ConvertToSingle(dots) * query.Scale
                    * Vector128.Load(scales + row)) + (Vector128.Load(errors + row) * query.CodedNorm);
                near |= (ulong)Vector128.GreaterThanOrEqual(most, limit).ExtractMostSignificantBits() << row;
            }
        }
        return near & bits;
    }

    /// <summary>Lengths of a coded vector and of what coding lost, rounded up.</summary>
    private static (float Coded, float Error) Lengths(float* vector, sbyte* codes, float scale, int dims)
    {
        double coded = 0, error = 0;
        for (int d = 0; d < dims; d++)
        {
            double c = (double)scale * codes[d], left = vector[d] - c;
            coded += c * c;
            error += left * left;
        }
        return ((float)Math.Sqrt(coded) * 1.000001f, (float)Math.Sqrt(error) * 1.000001f);
    }

    /// <summary>Makes the next state from one; belongs to one thread.</summary>
    /// <param name="from">What it begins with.</param>
    public sealed class Editor(RowChunks from)
    {
        private readonly int _dims = from.Dims;
        private readonly List<Chunk> _chunks = [.. from._chunks];
        private readonly HashSet<int> _own = [];
        private ulong[] _with = [.. from._with];
        private int _count = from.Count;

        /// <summary>Gives a row a vector of length 1.</summary>
        public void Set(int row, ReadOnlySpan<float> vector)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, _dims);
            Chunk chunk = Own(row / ChunkRows);
            int at = row % ChunkRows, padded = CodeMath.Padded(_dims);
            vector.CopyTo(chunk.Rows.AsSpan(at * _dims, _dims));
            sbyte* codes = stackalloc sbyte[padded];
            fixed (float* x = vector)
            {
                CodeMath.Encode(x, _dims, codes, out chunk.Scales[at]);
                (_, chunk.Errors[at]) = Lengths(x, codes, chunk.Scales[at], _dims);
            }
            Span<byte> stored = chunk.Codes.AsSpan(at * padded, padded);
            for (int d = 0; d < padded; d++) stored[d] = (byte)(codes[d] + CodeMath.Zero);
            ref ulong word = ref _with[row >> 6];
            if ((word >> (row & 63) & 1) == 0) _count++;
            word |= 1UL << (row & 63);
        }

        /// <summary>Takes a row's vector away.</summary>
        public void Remove(int row)
        {
            if (row >> 6 >= _with.Length || (_with[row >> 6] >> (row & 63) & 1) == 0) return;
            _with[row >> 6] &= ~(1UL << (row & 63));
            _count--;
        }

        public RowChunks Finish() => new(_dims, [.. _chunks], _with, _count);

        // Readers hold the chunks of before: each is copied once a change.
        private Chunk Own(int chunk)
        {
            while (_chunks.Count <= chunk)
            {
                _own.Add(_chunks.Count);
                _chunks.Add(Chunk.New(_dims));
            }
            int words = _chunks.Count * ChunkWords;
            if (_with.Length < words) Array.Resize(ref _with, words);
            if (_own.Add(chunk)) _chunks[chunk] = _chunks[chunk].Copy();
            return _chunks[chunk];
        }
    }
}
