namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// A few numbers of items that a version does not know: those of a session, or those a user has seen. Belongs
/// to one thread and allocates nothing after it was made.
/// </summary>
/// <param name="capacity">Numbers held at most; further ones are not taken.</param>
internal sealed class LiveRows(int capacity)
{
    private readonly int[] _rows = new int[capacity];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Add(int row)
    {
        if (_count < _rows.Length && !Rows.Contains(row)) _rows[_count++] = row;
    }
}
