namespace EmbedEngine.Recommendation;

/// <summary>
/// Ranked candidates of one source: rows by descending score. Owned by a scratch and reused.
/// </summary>
internal sealed class CandidateList
{
    private int[] _rows = [];
    private float[] _scores = [];

    public int Count { get; set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>
    /// Storage for up to <paramref name="capacity"/> candidates; grows once and is then reused.
    /// </summary>
    public void Reserve(int capacity)
    {
        Count = 0;
        if (_rows.Length >= capacity) return;
        _rows = new int[capacity];
        _scores = new float[capacity];
    }

    public Span<int> RowBuffer(int capacity) => _rows.AsSpan(0, capacity);

    public Span<float> ScoreBuffer(int capacity) => _scores.AsSpan(0, capacity);

    public void Add(int row, float score)
    {
        _rows[Count] = row;
        _scores[Count++] = score;
    }
}
