namespace EmbedEngine;

/// <summary>Options of <c>Engine.ImportVectors</c>.</summary>
public sealed record VectorImportOptions
{
    /// <summary>
    /// Name of the space: 1 to 64 ASCII letters, digits, '_', '-' and '.', not that of a trained one
    /// (<c>item2vec</c>, <c>svd</c>, <c>graph</c>, <c>content</c>, <c>fusion</c>).
    /// </summary>
    public required string Space { get; init; }

    /// <summary>.npy, safetensors, word2vec text or JSON lines; default by the file's first bytes.</summary>
    public VectorFormat Format { get; init; }

    /// <summary>
    /// Keys of a .npy or safetensors file: int64 .npy or text, one a line; null = FILE.ids.npy or
    /// FILE.ids.txt, or the same with FILE's extension taken off.
    /// </summary>
    public string? IdsPath { get; init; }

    /// <summary>
    /// Tensor of a safetensors file, or column of an Arrow stream, that holds the vectors; null = the only
    /// one that can.
    /// </summary>
    public string? VectorsColumn { get; init; }

    /// <summary>
    /// I64 tensor, or column, of the item keys; null finds the column by common names, and takes the only I64
    /// tensor of the right length where there is no file of keys.
    /// </summary>
    public string? Item { get; init; }

    /// <summary>Bad rows tolerated; one more ends the import with nothing published. Default 1,000.</summary>
    public long MaxErrors { get; init; } = ImportOptions.DefaultMaxErrors;

    /// <summary>
    /// Whether rows of items that neither log nor catalogue knows are passed over instead of counted as bad.
    /// </summary>
    public bool AllowUnknown { get; init; }

    /// <summary>
    /// Whether items that neither log nor catalogue knows become items of the store: they get a row at the
    /// next training. Default false: their rows are bad.
    /// </summary>
    public bool AddItems { get; init; }

    /// <summary>Name of the new version; null = <c>v</c> and its number.</summary>
    public string? Name { get; init; }

    /// <summary>Whether the new version becomes the active one; default true.</summary>
    public bool Publish { get; init; } = true;

    /// <summary>How the index is built.</summary>
    public HnswOptions Index { get; init; } = new();

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the exception names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxErrors);
        bool named = Space is { Length: >= 1 and <= 64 } && Space[0] != '.'
            && Space.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
        if (!named)
            throw new ArgumentException($"space '{Space}' is not 1 to 64 letters, digits, '_', '-' and '.'");
        if (Recommendation.VersionData.IsTrainedSpace(Space))
            throw new ArgumentException($"space '{Space}' is a trained one; choose another name");
        if (Format is VectorFormat.Csv or VectorFormat.Json || !Enum.IsDefined(Format))
            throw new ArgumentException(
                $"vectors are read as Npy, Safetensors, Word2Vec or JsonLines, not as {Format}");
        if (AllowUnknown && AddItems)
            throw new ArgumentException("unknown items are passed over or added, not both");
        if (VectorsColumn is { Length: 0 } || Item is { Length: 0 })
            throw new ArgumentException("a column name is empty");
        ArgumentNullException.ThrowIfNull(Index);
        Index.Validate();
    }
}
