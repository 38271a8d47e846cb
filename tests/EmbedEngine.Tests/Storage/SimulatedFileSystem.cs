// A seeded file system in memory for events/, versions/ and attributes/ of one store. It remembers what was
// synced and what was not, stops the world at a chosen call (the process is dead: every later call throws),
// and after a power cut keeps what was synced, while unsynced writes are lost, reordered or torn in sectors
// of 512 bytes, and names whose directory was not synced are old or new. The catalog, LOCK and leases stay
// real files: a commit is one step there, durable at once. Harsher than a journaling disk: any subset of
// unsynced directory changes can survive, in any order.

using System.Runtime.InteropServices;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

internal sealed class SimulatedFileSystem : FileSystem
{
    private const int SectorBytes = 512;

    private readonly string _root;
    private readonly Dir _events;
    private readonly Dir _versions;
    private readonly Dir _attributes;
    private readonly Dictionary<FileNode, int> _writers = [];
    private bool _dead;

    public SimulatedFileSystem(string root)
        : this(root, new Dir(), new Dir(), new Dir())
    {
    }

    private SimulatedFileSystem(string root, Dir events, Dir versions, Dir attributes) =>
        (_root, _events, _versions, _attributes) =
            (System.IO.Path.GetFullPath(root), events, versions, attributes);

    /// <summary>Calls made so far that change, map or look at files.</summary>
    public int Calls { get; private set; }

    /// <summary>The call, from 0, at which the process dies; −1 = never.</summary>
    public int CrashAt { get; set; } = -1;

    /// <summary>
    /// Whether it dies after that call was done instead of before: after the sync of a directory is just
    /// before the commit, and before the call that follows is just after it.
    /// </summary>
    public bool CrashAfter { get; set; }

    /// <summary>What the process died at; null while it lives.</summary>
    public string? Crash { get; private set; }

    /// <summary>An identical world for another directory, all of it durable.</summary>
    public SimulatedFileSystem Clone(string root) =>
        new(root, _events.Settle(null), _versions.Settle(null), _attributes.Settle(null));

    /// <summary>What a power cut leaves, under another directory.</summary>
    public SimulatedFileSystem PowerCut(int seed, string root)
    {
        var random = new Random(seed);
        return new SimulatedFileSystem(
            root, _events.Settle(random), _versions.Settle(random), _attributes.Settle(random));
    }

    /// <summary>Names under events/, versions/ and attributes/.</summary>
    public List<string> AllNames() =>
        [.. _events.Names("events"), .. _versions.Names("versions"), .. _attributes.Names("attributes")];

    public override bool FileExists(string path) => Do("exists", path, () =>
        Find(path, out Dir? parent, out string name) ? parent!.Now.GetValueOrDefault(name) is FileNode
            : Real.FileExists(path));

    public override bool DirectoryExists(string path) => Do("directory exists", path, () =>
        IsTop(path) || (Find(path, out Dir? parent, out string name)
            ? parent!.Now.GetValueOrDefault(name) is Dir : Real.DirectoryExists(path)));

    public override string CreateTemporaryDirectory() => Real.CreateTemporaryDirectory();

    public override void CreateDirectory(string path) => Do("create directory", path, () =>
    {
        if (IsTop(path)) return true;
        if (!Find(path, out Dir? parent, out string name)) Real.CreateDirectory(path);
        else if (parent!.Now.GetValueOrDefault(name) is null) parent.Change([(name, new Dir())]);
        return true;
    });

    public override IReadOnlyList<string> List(string directory) =>
        Do<IReadOnlyList<string>>("list", directory, () =>
    {
        if (AsDir(directory) is not Dir dir) return Real.List(directory);
        return [.. dir.Now.Keys.Order(StringComparer.Ordinal)];
    });

    public override long FileLength(string path) => Do("stat", path, () => Get(path).Bytes.Length);

    public override WritableFile Create(string path) => Do("create", path, () =>
    {
        if (!Find(path, out Dir? parent, out string name)) return Real.Create(path);
        if (parent!.Now.ContainsKey(name)) throw Error(ErrorCode.Io, $"{path}: exists");
        var file = new FileNode();
        parent.Change([(name, file)]);
        return Open(path, file);
    });

    public override WritableFile OpenExisting(string path) => Do(
        "open", path, () => Find(path, out _, out _) ? Open(path, Get(path)) : Real.OpenExisting(path));

    public override void Rename(string from, string to) => Do("rename", from, () =>
    {
        if (!Find(from, out Dir? parent, out string name))
        {
            Real.Rename(from, to);
            return true;
        }
        Assert.True(Find(to, out Dir? target, out string newName)
            && target == parent, "renames stay in one directory");
        if (!parent!.Now.TryGetValue(name, out object? node))
            throw Error(ErrorCode.NotFound, $"{from}: not there");
        if (parent.Now.ContainsKey(newName)) throw Error(ErrorCode.Io, $"{to}: exists");
        parent.Change([(name, null), (newName, node)]);
        return true;
    });

    public override void DeleteFile(string path) => Do("delete file", path, () =>
    {
        if (!Find(path, out Dir? parent, out string name)) Real.DeleteFile(path);
        else parent!.Change([(name, null)]);
        return true;
    });

    public override void DeleteDirectory(string path) => Do("delete directory", path, () =>
    {
        if (!Find(path, out Dir? parent, out string name))
        {
            Real.DeleteDirectory(path);
            return true;
        }
        if (parent!.Now.GetValueOrDefault(name) is not Dir dir)
            throw Error(ErrorCode.NotFound, $"{path}: not there");
        foreach (string child in dir.Now.Keys.ToArray()) dir.Change([(child, null)]);
        parent.Change([(name, null)]);
        return true;
    });

    public override void SyncDirectory(string path) => Do("sync directory", path, () =>
    {
        if (AsDir(path) is Dir dir) dir.Sync();
        return true;
    });

    public override bool TryExclusive(string path, Action action)
    {
        if (!Do("claim", path, () => _writers.GetValueOrDefault(Get(path)) == 0)) return false;
        action();
        return true;
    }

    public override MappedFile Map(string path) =>
        Do("map", path, () =>
            Find(path, out _, out _) ? new SimulatedMapping(path, Get(path).Bytes) : Real.Map(path));

    /// <summary>Counts a call and dies before or after it when it is the chosen one.</summary>
    private T Do<T>(string what, string path, Func<T> action)
    {
        if (_dead) throw Died();
        bool last = Calls++ == CrashAt;
        if (last)
        {
            Crash = $"{(CrashAfter ? "after" : "before")} call {CrashAt}: {what} "
                + $"{System.IO.Path.GetFileName(path)}";
            _dead = true;
            if (!CrashAfter) throw Died();
        }
        T result = action();
        if (last) throw Died();
        return result;
    }

    private EmbedEngineException Died() => Error(ErrorCode.Io, $"simulated death {Crash}");

    private static EmbedEngineException Error(ErrorCode code, string message) => new(code, message);

    private SimulatedFile Open(string path, FileNode node)
    {
        _writers[node] = _writers.GetValueOrDefault(node) + 1;
        return new SimulatedFile(this, path, node);
    }

    private bool IsTop(string path) => TopOf(System.IO.Path.GetRelativePath(_root, path)) is not null;

    private Dir? TopOf(string name) => name switch
    {
        "events" => _events,
        "versions" => _versions,
        "attributes" => _attributes,
        _ => null,
    };

    private Dir? AsDir(string path) => TopOf(System.IO.Path.GetRelativePath(_root, path))
        ?? (Find(path, out Dir? parent, out string name) ? parent!.Now.GetValueOrDefault(name) as Dir
            ?? throw Error(ErrorCode.NotFound, $"{path}: no such directory") : null);

    /// <summary>Whether the path lies in here (below one of the three), and in which directory.</summary>
    private bool Find(string path, out Dir? parent, out string name)
    {
        string[] parts = System.IO.Path.GetRelativePath(_root, path).Split('/', '\\');
        (parent, name) = (null, parts[^1]);
        if (parts.Length < 2 || TopOf(parts[0]) is not Dir at) return false;
        foreach (string part in parts[1..^1])
            at = at.Now.GetValueOrDefault(part) as Dir
                ?? throw Error(ErrorCode.NotFound, $"{path}: no directory {part}");
        parent = at;
        return true;
    }

    private FileNode Get(string path) => Find(path, out Dir? parent, out string name)
        && parent!.Now.GetValueOrDefault(name) is FileNode file
            ? file : throw Error(ErrorCode.NotFound, $"{path}: no such file");

    private sealed class FileNode
    {
        private readonly List<(long Offset, int Length)> _unsynced = [];
        private byte[] _synced = [];

        public byte[] Bytes { get; private set; } = [];

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            byte[] next = new byte[Math.Max(Bytes.Length, offset + bytes.Length)];
            Bytes.CopyTo(next, 0);
            bytes.CopyTo(next.AsSpan((int)offset));
            Bytes = next;
            _unsynced.Add((offset, bytes.Length));
        }

        public void Truncate(long length)
        {
            Bytes = Bytes[..(int)length];
            _unsynced.Add((length, 0));
        }

        public void Sync()
        {
            _synced = Bytes;
            _unsynced.Clear();
        }

        public FileNode Settle(Random? random)
        {
            byte[] left = random is null || _unsynced.Count == 0 ? Bytes : Tear(random);
            return new FileNode { Bytes = left, _synced = left };
        }

        /// <summary>
        /// All lost, all there, or each sector by chance, up to a length between the synced and the last.
        /// </summary>
        private byte[] Tear(Random random)
        {
            int mode = random.Next(4);
            if (mode == 0) return _synced;
            if (mode == 1) return Bytes;
            int low = Math.Min(_synced.Length, Bytes.Length);
            int length = random.Next(low, Math.Max(_synced.Length, Bytes.Length) + 1);
            byte[] left = new byte[length];
            int percent = mode == 2 ? 50 : 90;
            for (int at = 0; at < length; at += SectorBytes)
            {
                byte[] source = random.Next(100) < percent ? Bytes : _synced;
                int end = Math.Min(Math.Min(at + SectorBytes, length), source.Length);
                if (end > at) source.AsSpan(at, end - at).CopyTo(left.AsSpan(at));
            }
            // What was synced and not written to since does not change.
            for (int i = 0; i < Math.Min(low, length); i++)
            {
                if (!_unsynced.Exists(
                    w => w.Length == 0 ? i >= w.Offset : i / SectorBytes >= w.Offset / SectorBytes
                    && i / SectorBytes <= (w.Offset + w.Length - 1) / SectorBytes)) left[i] = _synced[i];
            }
            return left;
        }
    }

    /// <summary>
    /// A directory: names now, names at the last sync, and the changes since (each all or nothing).
    /// </summary>
    private sealed class Dir
    {
        private readonly List<(string Name, object? Node)[]> _unsynced = [];
        private Dictionary<string, object> _synced = [];

        public Dictionary<string, object> Now { get; private init; } = [];

        public void Change((string Name, object? Node)[] change)
        {
            Apply(Now, change);
            _unsynced.Add(change);
        }

        public void Sync()
        {
            _synced = new Dictionary<string, object>(Now);
            _unsynced.Clear();
        }

        public IEnumerable<string> Names(string prefix) => Now.SelectMany(e =>
            e.Value is Dir dir ? dir.Names($"{prefix}/{e.Key}").Prepend($"{prefix}/{e.Key}/")
                : [$"{prefix}/{e.Key}"]);

        public Dir Settle(Random? random)
        {
            Dictionary<string, object> names = Now;
            if (random is not null && _unsynced.Count > 0)
            {
                names = new Dictionary<string, object>(_synced);
                int mode = random.Next(4);
                int prefix = random.Next(_unsynced.Count + 1);
                for (int i = 0; i < _unsynced.Count; i++)
                {
                    bool survives =
                        mode switch { 0 => false, 1 => true, 2 => i < prefix, _ => random.Next(2) == 0 };
                    if (survives) Apply(names, _unsynced[i]);
                }
            }
            var settled = new Dir();
            foreach ((string name, object node) in names)
                settled.Now[name] = node is Dir dir ? dir.Settle(random) : ((FileNode)node).Settle(random);
            settled.Sync();
            return settled;
        }

        private static void Apply(Dictionary<string, object> names, (string Name, object? Node)[] change)
        {
            foreach ((string name, object? node) in change)
            {
                if (node is null) names.Remove(name);
                else names[name] = node;
            }
        }
    }

    private sealed class SimulatedFile(SimulatedFileSystem owner, string path, FileNode node) : WritableFile
    {
        private bool _open = true;

        public override string Path => path;

        public override long Length => node.Bytes.Length;

        public override void Append(ReadOnlySpan<byte> bytes) => WriteAt(node.Bytes.Length, bytes);

        public override void WriteAt(long offset, ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            owner.Do("write", path, () =>
            {
                node.Write(offset, copy);
                return true;
            });
        }

        public override void Truncate(long length) => owner.Do("truncate", path, () =>
        {
            node.Truncate(length);
            return true;
        });

        public override void Sync() => owner.Do("sync", path, () =>
        {
            node.Sync();
            return true;
        });

        public override void Dispose()
        {
            if (_open) owner._writers[node]--;
            _open = false;
        }
    }

    /// <summary>
    /// A copy of the bytes at the time of mapping, outside the managed heap as a mapping is.
    /// </summary>
    private sealed unsafe class SimulatedMapping : MappedFile
    {
        private byte* _pointer;

        public SimulatedMapping(string path, byte[] bytes)
        {
            (Path, Length) = (path, bytes.Length);
            if (bytes.Length == 0) return;
            _pointer = (byte*)NativeMemory.AlignedAlloc((nuint)bytes.Length, 4096);
            bytes.CopyTo(new Span<byte>(_pointer, bytes.Length));
        }

        ~SimulatedMapping() => Free();

        public override string Path { get; }

        public override long Length { get; }

        public override byte* Pointer => _pointer;

        public override void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            NativeMemory.AlignedFree(_pointer);
            _pointer = null;
        }
    }
}
