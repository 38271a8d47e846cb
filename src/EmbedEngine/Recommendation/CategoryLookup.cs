namespace EmbedEngine.Recommendation;

/// <summary>Category of each row of a version, as dense numbers with names. Immutable, thread-safe.</summary>
/// <param name="ofRow">Category of each row, −1 = none.</param>
/// <param name="names">Name of each category.</param>
internal sealed class CategoryLookup(int[] ofRow, string[] names)
{
    /// <summary>No category.</summary>
    public const int None = -1;

    private readonly Dictionary<string, int> _numbers = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);

    public int Count => names.Length;

    public int Of(int row) => ofRow[row];

    public string NameOf(int category) => names[category];

    public bool TryFind(string name, out int category) => _numbers.TryGetValue(name, out category);
}
