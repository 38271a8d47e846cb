namespace EmbedEngine.Interactions.Attributes;

/// <summary>What a catalogue holds, counted.</summary>
internal static class AttributeList
{
    /// <summary>Every attribute with how many items have it.</summary>
    public static IReadOnlyList<AttributeInfo> Of(ItemAttributes catalogue)
    {
        var list = new List<AttributeInfo>(catalogue.Columns.Count);
        for (int c = 0; c < catalogue.Columns.Count; c++)
        {
            AttributeColumn column = catalogue.Columns[c];
            long filled = 0;
            for (int row = 0; row < column.Rows; row++)
                filled += column.Type == AttributeType.Tags ? (column.TagsOf(row).IsEmpty ? 0 : 1)
                    : column.CodeAt(row) == 0 ? 0 : 1;
            foreach (int row in catalogue.Changed)
            {
                filled += (catalogue.ValueOf(row, c).IsMissing ? 0 : 1)
                    - (column.ValueAt(row).IsMissing ? 0 : 1);
            }
            list.Add(new AttributeInfo(column.Name, column.Type, filled, column.Values));
        }
        return list;
    }
}
