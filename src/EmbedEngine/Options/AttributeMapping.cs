namespace EmbedEngine;

/// <summary>Which column of a catalogue file becomes which attribute.</summary>
/// <param name="Name">Name of the attribute, 1 to 128 bytes of UTF-8 without control characters.</param>
/// <param name="Column">Header name of the column, or path of the JSON property.</param>
/// <param name="Type">What its values are; null = the catalogue's where it has the attribute, else found from
/// the values.</param>
public sealed record AttributeMapping(string Name, string Column, AttributeType? Type = null);
