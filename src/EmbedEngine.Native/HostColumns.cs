// The host's arrays as the managed import sees them: no copy of the int64 columns, text decoded when it is
// read. Valid during the import call only.

using System.Buffers;
using System.Collections;
using System.Text;

namespace EmbedEngine.Native;

/// <summary>Builds <see cref="EventColumns"/> over host memory.</summary>
internal static unsafe class HostColumns
{
    public static EventColumns Read(ColumnsArg* columns)
    {
        Arguments.NotNull(columns, "columns");
        Arguments.CheckSize(columns, ColumnsArg.LeastSize, (uint)sizeof(ColumnsArg), "columns");
        ColumnsArg c = default;
        Buffer.MemoryCopy(columns, &c, sizeof(ColumnsArg), Math.Min(columns->StructSize, sizeof(ColumnsArg)));
        if (c.Count is < 1 or > int.MaxValue)
            throw new ArgumentException($"columns.count {c.Count} is not 1 to {int.MaxValue}");
        int count = (int)c.Count;
        return new EventColumns
        {
            Items = Memory(c.Items, count),
            ItemTexts = Texts(c.ItemTexts, count, "columns.item_texts"),
            Sessions = Memory(c.Sessions, count),
            SessionTexts = Texts(c.SessionTexts, count, "columns.session_texts"),
            Users = Memory(c.Users, count),
            UserTexts = Texts(c.UserTexts, count, "columns.user_texts"),
            TimesMs = Memory(c.TimesMs, count),
            Actions = Memory(c.Actions, count),
            ActionNames = c.ActionNames == null
                ? null : Arguments.Texts(c.ActionNames, c.ActionNameCount, "columns.action_names"),
            Categories = Texts(c.Categories, count, "columns.categories"),
            Titles = Texts(c.Titles, count, "columns.titles"),
        };
    }

    /// <summary>An array of the host's; empty where it is not given.</summary>
    public static ReadOnlyMemory<T> Memory<T>(T* data, int count)
        where T : unmanaged => data == null ? default : new HostMemory<T>(data, count).Memory;

    /// <summary>A column of texts; null where it is not given.</summary>
    public static IReadOnlyList<string>? Texts(TextColumnArg column, int count, string name)
    {
        if (column.Offsets == null) return null;
        for (int i = 0; i < count; i++)
        {
            long length = column.Offsets[i + 1] - column.Offsets[i];
            if (column.Offsets[i] < 0 || length is < 0 or > int.MaxValue)
            {
                throw new ArgumentException(
                    $"{name}.offsets[{i + 1}] = {column.Offsets[i + 1]} is not an ascending offset");
            }
        }
        if (column.Offsets[count] > column.Offsets[0]) Arguments.NotNull(column.Bytes, name + ".bytes");
        return new HostTexts(column, count);
    }

    private sealed class HostMemory<T>(T* data, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan() => new(data, count);

        public override MemoryHandle Pin(int elementIndex = 0) => new(data + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class HostTexts(TextColumnArg column, int count) : IReadOnlyList<string>
    {
        public int Count => count;

        public string this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count,
                    nameof(index));
                long start = column.Offsets[index];
                return Encoding.UTF8.GetString(column.Bytes + start,
                    (int)(column.Offsets[index + 1] - start));
            }
        }

        public IEnumerator<string> GetEnumerator()
        {
            for (int i = 0; i < count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
