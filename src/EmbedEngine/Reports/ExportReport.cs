namespace EmbedEngine;

/// <summary>What <c>Model.Export</c> or <c>Engine.Export</c> wrote.</summary>
public sealed record ExportReport
{
    /// <summary>Full paths of the files, the main one first.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Version that was exported.</summary>
    public required long Version { get; init; }

    /// <summary>Items written; 1 for a manifest; pairs, in both orders, where pairs are.</summary>
    public required long Rows { get; init; }

    /// <summary>Numbers a vector; 0 where none were written.</summary>
    public required int Dimensions { get; init; }
}
