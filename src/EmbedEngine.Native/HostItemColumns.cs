// The host's arrays of attributes and vectors as the managed call sees them. Valid during the call only.

namespace EmbedEngine.Native;

/// <summary>Builds <see cref="ItemColumns"/> and <see cref="VectorColumns"/> over host memory.</summary>
internal static unsafe class HostItemColumns
{
    public static ItemColumns Read(ItemColumnsArg* columns)
    {
        Arguments.NotNull(columns, "columns");
        Arguments.CheckSize(columns, ItemColumnsArg.LeastSize, (uint)sizeof(ItemColumnsArg), "columns");
        ItemColumnsArg c = *columns;
        if (c.Count is < 1 or > int.MaxValue)
            throw new ArgumentException($"columns.count {c.Count} is not 1 to {int.MaxValue}");
        int count = (int)c.Count;
        Span<ItemColumnArg> given = Arguments.Buffer(c.Columns, c.ColumnCount, "columns.columns");
        var read = new ItemColumn[given.Length];
        for (int i = 0; i < read.Length; i++) read[i] = Column(given[i], count, $"columns.columns[{i}]");
        return new ItemColumns
        {
            Items = HostColumns.Memory(c.Items, count),
            ItemTexts = HostColumns.Texts(c.ItemTexts, count, "columns.item_texts"),
            Columns = read,
        };
    }

    public static VectorColumns ReadVectors(VectorColumnsArg* columns)
    {
        Arguments.NotNull(columns, "columns");
        Arguments.CheckSize(columns, VectorColumnsArg.LeastSize, (uint)sizeof(VectorColumnsArg), "columns");
        VectorColumnsArg c = *columns;
        if (c.Count is < 1 or > int.MaxValue || c.Dimensions < 1 || c.Count > int.MaxValue / c.Dimensions)
            throw new ArgumentException($"columns: {c.Count} x {c.Dimensions} numbers are out of range");
        int count = (int)c.Count;
        Arguments.NotNull(c.Vectors, "columns.vectors");
        return new VectorColumns
        {
            Items = HostColumns.Memory(c.Items, count),
            ItemTexts = HostColumns.Texts(c.ItemTexts, count, "columns.item_texts"),
            Vectors = HostColumns.Memory(c.Vectors, count * c.Dimensions),
            Dimensions = c.Dimensions,
        };
    }

    private static ItemColumn Column(in ItemColumnArg column, int count, string name)
    {
        string attribute = Arguments.OptionalText(column.Name, name + ".name")
            ?? throw new ArgumentException($"{name}.name is not given");
        AttributeType type = Arguments.Choice<AttributeType>(column.Type, name + ".type");
        void* data = type switch
        {
            AttributeType.Number => column.Numbers,
            AttributeType.Time => column.TimesMs,
            AttributeType.Boolean => column.Booleans,
            AttributeType.Tags => column.TagOffsets,
            _ => column.Texts.Offsets,
        };
        Arguments.NotNull(data, $"{name}: the array of its type");
        return type switch
        {
            AttributeType.Number => ItemColumn.OfNumbers(
                attribute, HostColumns.Memory(column.Numbers, count)),
            AttributeType.Time => ItemColumn.OfTimes(attribute, HostColumns.Memory(column.TimesMs, count)),
            AttributeType.Boolean => ItemColumn.OfBooleans(
                attribute, HostColumns.Memory(column.Booleans, count)),
            AttributeType.Tags => ItemColumn.OfTags(attribute, Tags(column, count, name)),
            _ => ItemColumn.OfTexts(attribute, EmptyAsNull(column, count, name)),
        };
    }

    private static string?[] EmptyAsNull(in ItemColumnArg column, int count, string name)
    {
        IReadOnlyList<string> texts = HostColumns.Texts(column.Texts, count, name + ".texts")!;
        var read = new string?[count];
        for (int i = 0; i < count; i++) read[i] = texts[i] is { Length: > 0 } text ? text : null;
        return read;
    }

    private static string[]?[] Tags(in ItemColumnArg column, int count, string name)
    {
        long* offsets = column.TagOffsets;
        for (int i = 0; i < count; i++)
        {
            if (offsets[i] < 0 || offsets[i + 1] < offsets[i] || offsets[i + 1] > int.MaxValue)
                throw new ArgumentException(
                    $"{name}.tag_offsets[{i + 1}] = {offsets[i + 1]} is not an ascending offset");
        }
        int tags = (int)offsets[count];
        if (tags > 0) Arguments.NotNull(column.Texts.Offsets, name + ".texts.offsets");
        IReadOnlyList<string>? texts = tags == 0 ? null
            : HostColumns.Texts(column.Texts, tags, name + ".texts");
        var read = new string[]?[count];
        for (int i = 0; i < count; i++)
        {
            var of = new string[offsets[i + 1] - offsets[i]];
            for (int t = 0; t < of.Length; t++) of[t] = texts![(int)offsets[i] + t];
            read[i] = of;
        }
        return read;
    }
}
