namespace EmbedEngine;

/// <summary>One row that was not imported, and why.</summary>
/// <param name="File">Path of the file; <c>-</c> for standard input, <c>(columns)</c> for arrays in
/// memory.</param>
/// <param name="Line">Line where the row begins, counted from 1; for arrays the row counted from 1.</param>
/// <param name="Reason">What is wrong with the row, for people.</param>
public sealed record RejectedRow(string File, long Line, string Reason);
