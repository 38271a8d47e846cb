namespace EmbedEngine.Storage.Catalog;

/// <summary>What a table is, for all that treats tables alike: making, sealing and checking them.</summary>
/// <param name="Name">Its name in the database, and in the seals.</param>
/// <param name="Create">
/// The statement that makes it. SQLite keeps the text: another spelling is another file.
/// </param>
/// <param name="Columns">Columns its seal covers, in this order; part of the format.</param>
/// <param name="Order">Order in which its seal takes the rows; part of the format.</param>
/// <param name="InBlocks">
/// A dictionary: its first column is an ordinal, and it is sealed in blocks of ordinals, not whole.
/// </param>
internal sealed record CatalogTable(
    string Name, string Create, string Columns, string Order, bool InBlocks = false);
