namespace EmbedEngine;

/// <summary>
/// Vectors of items in memory, one row an item, in any order. Read during the call only and never changed.
/// </summary>
public sealed class VectorColumns
{
    /// <summary>Item keys where they are integers; else empty.</summary>
    public ReadOnlyMemory<long> Items { get; init; }

    /// <summary>Item keys where they are text; else null. Exactly one of the two is given.</summary>
    public IReadOnlyList<string>? ItemTexts { get; init; }

    /// <summary>Items × <see cref="Dimensions"/> numbers, row after row.</summary>
    public ReadOnlyMemory<float> Vectors { get; init; }

    /// <summary>Numbers of each vector, 1 to 65,536.</summary>
    public int Dimensions { get; init; }

    /// <summary>Number of items.</summary>
    public int Count => ItemTexts?.Count ?? Items.Length;

    /// <summary>Checks that the arrays fit together.</summary>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Validate()
    {
        if (!Items.IsEmpty && ItemTexts is not null)
            throw new ArgumentException("give Items or ItemTexts, not both");
        if (Count == 0) throw new ArgumentException("the columns hold no items");
        if (Dimensions is < 1 or > Interactions.Reading.VectorFile.MaxDims)
            throw new ArgumentException($"{Dimensions} dimensions are out of range");
        if (Vectors.Length != (long)Count * Dimensions)
            throw new ArgumentException(
                $"{Count} vectors of {Dimensions} numbers are {(long)Count * Dimensions}, not "
                + $"{Vectors.Length}");
    }
}
