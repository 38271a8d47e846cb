using System.Text;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>What a catalogue holds, counted. For people: reads every row where some have changed.</summary>
internal static class AttributeList
{
    /// <summary>Every attribute with how many items have it, and how many different values.</summary>
    public static IReadOnlyList<AttributeInfo> Of(ItemAttributes catalogue) =>
        [.. Enumerable.Range(0, catalogue.Columns.Count).Select(c => Of(catalogue, c))];

    private static AttributeInfo Of(ItemAttributes catalogue, int number)
    {
        AttributeColumn column = catalogue.Columns[number];
        long filled = 0;
        if (catalogue.Changed.IsEmpty)
        {
            for (int row = 0; row < column.Rows; row++)
                filled += column.Type == AttributeType.Tags ? (column.TagsOf(row).IsEmpty ? 0 : 1)
                    : column.CodeAt(row) == 0 ? 0 : 1;
            return new AttributeInfo(column.Name, column.Type, filled, column.Values);
        }
        var values = new HashSet<string>(StringComparer.Ordinal);
        for (int row = 0; row < catalogue.Rows; row++)
        {
            AttributeValue value = catalogue.ValueOf(row, number);
            if (value.IsMissing) continue;
            filled++;
            if (value.Tags is null) values.Add(AttributeText.Show(value)!);
            else values.UnionWith(value.Tags.Select(Encoding.UTF8.GetString));
        }
        return new AttributeInfo(column.Name, column.Type, filled, values.Count);
    }
}
