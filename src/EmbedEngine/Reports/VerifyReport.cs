namespace EmbedEngine;

/// <summary>One thing that is wrong with a store.</summary>
/// <param name="File">The file, relative to the store.</param>
/// <param name="Problem">What is wrong and where.</param>
public sealed record StoreFault(string File, string Problem);

/// <summary>What <c>verify</c> found.</summary>
public sealed record VerifyReport
{
    /// <summary>Files that were checked.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes that were read.</summary>
    public required long Bytes { get; init; }

    /// <summary>Everything wrong; empty when the store is sound.</summary>
    public required IReadOnlyList<StoreFault> Faults { get; init; }
}
