namespace EmbedEngine.Recommendation.Ranking;

/// <summary>
/// Candidates of one request with their features. Part of a request's scratch; made at its first use.
/// </summary>
internal sealed class RankerScratch(int rowCount)
{
    private readonly int[] _placeOf = new int[rowCount]; // place + 1, 0 = no candidate
    private readonly int[] _rows = new int[RankerSchema.Capacity];

    /// <summary>Candidates of the request.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Floats from one feature's column to the next.</summary>
    public int Stride { get; } = (RankerSchema.Capacity + 15) & ~15;

    /// <summary>
    /// (features × stride); of each column the first <see cref="Count"/> values are this request's.
    /// </summary>
    public float[] Columns { get; } = new float[RankerSchema.Count * ((RankerSchema.Capacity + 15) & ~15)];

    public float[] Scores { get; } = new float[(RankerSchema.Capacity + 15) & ~15];

    /// <summary>The session's query vector over IN rows.</summary>
    public float[] Query { get; set; } = [];

    public Span<float> Column(int feature) => Columns.AsSpan(feature * Stride, (Count + 7) & ~7);

    /// <summary>Place of a row among the candidates, or −1.</summary>
    public int PlaceOf(int row) => _placeOf[row] - 1;

    /// <summary>Makes a row a candidate; a row that is one already stays where it is.</summary>
    public void Add(int row)
    {
        if (_placeOf[row] != 0) return;
        _rows[Count++] = row;
        _placeOf[row] = Count;
    }

    /// <summary>Forgets the candidates.</summary>
    public void Clear()
    {
        foreach (int row in Rows) _placeOf[row] = 0;
        Count = 0;
    }
}
