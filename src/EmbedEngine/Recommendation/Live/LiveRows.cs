namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// A few numbers of items that a version does not know: those of a session, or those a user has seen. Holds
/// so many and forgets the rest. Belongs to one thread and allocates nothing after it was made.
/// </summary>
internal sealed class LiveRows
{
    /// <summary>Numbers held at most.</summary>
    public const int Capacity = 64;

    private readonly int[] _rows = new int[Capacity];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Add(int row)
    {
        if (_count < Capacity && !Rows.Contains(row)) _rows[_count++] = row;
    }
}
