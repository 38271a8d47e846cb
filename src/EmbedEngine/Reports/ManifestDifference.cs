namespace EmbedEngine;

/// <summary>One value that two manifests do not share.</summary>
/// <param name="Key">Path of the value, such as <c>configuration.settings.epochs</c> or
/// <c>artifacts.items.digest</c>.</param>
/// <param name="A">Value in the first manifest as JSON; null when it has none.</param>
/// <param name="B">Value in the second manifest as JSON; null when it has none.</param>
public sealed record ManifestDifference(string Key, string? A, string? B);
