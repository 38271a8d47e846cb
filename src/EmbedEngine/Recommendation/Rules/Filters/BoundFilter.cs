// A filter bound to the catalogue of one moment, evaluated to a bitmap of its rows: columns in blocks whose
// bitmaps stay in the first-level cache, then the rows that changed since, one by one. Must never allocate
// for columns (a changed row may allocate its value), and never let a bit behind the last row be 1.

using System.Numerics.Tensors;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// A filter that can be asked. Immutable, thread-safe; good as long as the attributes it was bound to.
/// </summary>
internal sealed class BoundFilter
{
    /// <summary>Rows a block: a bitmap of 512 bytes.</summary>
    public const int BlockRows = 4096;

    private const int BlockWords = BlockRows / 64;

    private readonly ItemAttributes _attributes;
    private readonly FilterStep[] _steps;
    private readonly FilterTest[] _tests;
    private readonly FilterRow _row;

    /// <summary>Binds; the clauses have been resolved against the same attributes.</summary>
    public BoundFilter(ItemAttributes attributes, FilterNode root, TypedClause[] clauses)
    {
        _attributes = attributes;
        _row = new FilterRow(attributes, root, clauses);
        (_steps, _tests) = FilterProgram.Compile(attributes, root, clauses);
    }

    /// <summary>Words that <see cref="Evaluate"/> needs.</summary>
    public int Words => CodeMasks.Words(_attributes.Rows);

    /// <summary>
    /// Whether one row passes, without the bitmap; false where there is no such row. For a few rows: each is
    /// read value by value.
    /// </summary>
    public bool Matches(int row) => (uint)row < (uint)_attributes.Rows && _row.Matches(row);

    /// <summary>Whether an item without any value passes: one that the catalogue does not know.</summary>
    public bool MatchesUnknown => _row.Matches(FilterRow.NoRow);

    /// <summary>
    /// Bit r % 64 of word r / 64 = whether catalogue row r passes; all other bits of <paramref name="bits"/>
    /// are 0.
    /// </summary>
    /// <param name="bits">At least <see cref="Words"/> words, written wholly.</param>
    public void Evaluate(Span<ulong> bits)
    {
        int rows = _attributes.Rows, words = Words;
        if (bits.Length < words)
            throw new ArgumentException($"{bits.Length} words for a bitmap of {rows} rows", nameof(bits));
        bits[words..].Clear();
        Span<ulong> room = stackalloc ulong[(FilterProgram.MostBitmaps - 1) * BlockWords];
        for (int word = 0; word < words; word += BlockWords)
        {
            int begin = word * 64;
            int count = Math.Min(BlockRows, rows - begin);
            Run(begin, count, bits.Slice(word, CodeMasks.Words(count)), room);
        }
        if (rows % 64 != 0) bits[words - 1] &= (1UL << rows) - 1;
        foreach (int row in _attributes.Changed)
        {
            if ((uint)row >= (uint)rows) continue;
            ulong bit = 1UL << row;
            if (_row.Matches(row)) bits[row >> 6] |= bit;
            else bits[row >> 6] &= ~bit;
        }
    }

    /// <summary>The program over one block; the first bitmap is the answer's own words.</summary>
    private void Run(int begin, int rows, Span<ulong> answer, Span<ulong> room)
    {
        int words = answer.Length, depth = 0;
        Span<ulong> top = default;
        foreach (FilterStep step in _steps)
        {
            switch (step.Kind)
            {
                case FilterNodeKind.Clause:
                    top = Bitmap(depth++, answer, room);
                    _tests[step.Test].Evaluate(begin, rows, top);
                    break;
                case FilterNodeKind.Not:
                    TensorPrimitives.OnesComplement(top, top);
                    break;
                default:
                    Span<ulong> below = Bitmap(--depth - 1, answer, room);
                    if (step.Kind == FilterNodeKind.And) TensorPrimitives.BitwiseAnd(below, top, below);
                    else TensorPrimitives.BitwiseOr(below, top, below);
                    top = below;
                    break;
            }
        }
    }

    private static Span<ulong> Bitmap(int number, Span<ulong> answer, Span<ulong> room) =>
        number == 0 ? answer : room.Slice((number - 1) * BlockWords, answer.Length);
}
