namespace EmbedEngine;

/// <summary>
/// How vectors are made of what the catalogue says of items: settings <c>content*</c> of a training run. <see
/// cref="SettingTable"/> has the ranges.
/// </summary>
public sealed record ContentSettings
{
    /// <summary><c>content</c>: whether they are made, where two items or more have a text or tags.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// <c>content_dimensions</c>: length of each vector; fewer where the texts have fewer directions.
    /// </summary>
    public int Dimensions { get; init; } = 64;

    /// <summary>
    /// <c>content_buckets</c>: what words and parts of words are hashed to. 32,768 buckets of 64 dimensions
    /// are 8 MiB in the version.
    /// </summary>
    public int Buckets { get; init; } = 32_768;
}
