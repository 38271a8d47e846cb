namespace EmbedEngine;

/// <summary>What <c>Engine.ImportVectors</c> did.</summary>
public sealed record VectorImportReport
{
    /// <summary>Number of the new version.</summary>
    public required long Version { get; init; }

    /// <summary>Name of the space.</summary>
    public required string Space { get; init; }

    /// <summary>Numbers a vector.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Items of the version that have a vector now.</summary>
    public required long Items { get; init; }

    /// <summary>Items of the version that were not in the file: their rows are zero.</summary>
    public required long Missing { get; init; }

    /// <summary>
    /// Vectors of items that the version has no row for: they are kept with it, and the next training makes
    /// them items of its version, whether they have events by then or not.
    /// </summary>
    public required long Waiting { get; init; }

    /// <summary>Of these, items that neither log nor catalogue knew before.</summary>
    public required long NewItems { get; init; }

    /// <summary>Rows of items that nothing knows and that were not added.</summary>
    public required long Unknown { get; init; }

    /// <summary>
    /// Rows that could not be used; rows of unknown items among them unless these were allowed.
    /// </summary>
    public required long Rejected { get; init; }

    /// <summary>The first of them, at most 10, with their lines (rows of a .npy file, from 1).</summary>
    public required IReadOnlyList<RejectedRow> FirstErrors { get; init; }
}
