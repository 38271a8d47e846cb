// Opened versions: handles, sizes, vectors, rows.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <content>Models.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_model_open")]
    private static int OpenModelHandle(ulong engine, long version, ulong* model)
    {
        try { return ModelOpen(engine, version, model); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_model_close")]
    private static int CloseModel(ulong model)
    {
        try { return Close<Model>(model); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_model_version")]
    private static int GetModelVersion(ulong model, long* version)
    {
        try { return ModelVersionNumber(model, version); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_model_manifest")]
    private static int GetModelManifest(ulong model, byte* buffer, long capacity, long* needed)
    {
        try { return ModelManifest(model, buffer, capacity, needed); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_spaces")]
    private static int GetSpaces(ulong model, byte* buffer, long capacity, long* needed)
    {
        try { return Spaces(model, buffer, capacity, needed); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_item_count")]
    private static int GetItemCount(ulong model, long* count)
    {
        try { return ItemCount(model, count); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_key_kind")]
    private static int GetKeyKind(ulong model, int* kind)
    {
        try { return KeyKindOf(model, kind); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_vectors")]
    private static int GetVectors(
        ulong model, byte* space, long spaceLength, int outVectors, VectorsViewArg* view)
    {
        try { return Vectors(model, space, spaceLength, outVectors, view); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_items")]
    private static int GetItems(ulong model, int* rows, long count, long* items)
    {
        try { return Items(model, rows, count, items); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_rows")]
    private static int GetRows(ulong model, long* items, long count, int* rows)
    {
        try { return Rows(model, items, count, rows); } catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int ModelOpen(ulong engine, long version, ulong* model)
    {
        Arguments.NotNull(model, nameof(model));
        *model = 0;
        if (version < 0)
            throw new ArgumentException($"version {version} is negative; 0 is the active version");
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        Engine managed = lease.Target;
        if (version == 0)
        {
            managed.Refresh();
            version = managed.RequireModel().Version.Number;
        }
        *model = HandleTable.Open(managed.OpenModel(version));
        return 0;
    }

    [MethodImpl(Body)]
    private static int ModelVersionNumber(ulong model, long* version)
    {
        Arguments.NotNull(version, nameof(version));
        *version = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        *version = lease.Target.Version.Number;
        return 0;
    }

    [MethodImpl(Body)]
    private static int ModelManifest(ulong model, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        return Arguments.CopyOut(
            System.Text.Encoding.UTF8.GetBytes(lease.Target.Version.Manifest), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int Spaces(ulong model, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        return Arguments.CopyOut(JsonResults.Texts(lease.Target.Spaces), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int ItemCount(ulong model, long* count)
    {
        Arguments.NotNull(count, nameof(count));
        *count = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        *count = lease.Target.ItemCount;
        return 0;
    }

    [MethodImpl(Body)]
    private static int KeyKindOf(ulong model, int* kind)
    {
        Arguments.NotNull(kind, nameof(kind));
        *kind = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        *kind = (int)lease.Target.KeyKind;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Vectors(
        ulong model, byte* space, long spaceLength, int outVectors, VectorsViewArg* view)
    {
        Arguments.NotNull(view, nameof(view));
        *view = default;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        VectorSpaceView vectors = lease.Target.Vectors(Space(space, spaceLength), outVectors != 0);
        *view = new VectorsViewArg
        {
            Data = vectors.Start,
            Rows = vectors.Rows,
            Dimensions = vectors.Dimensions,
            StrideFloats = vectors.StrideFloats,
        };
        return 0;
    }

    [MethodImpl(Body)]
    private static int Items(ulong model, int* rows, long count, long* items)
    {
        Span<long> to = Arguments.Buffer(items, count, nameof(items));
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        Model managed = lease.Target;
        for (int i = 0; i < to.Length; i++)
        {
            int row = rows == null ? i : rows[i];
            if ((uint)row >= (uint)managed.ItemCount)
                throw new ArgumentException($"row {row} is not 0 to {managed.ItemCount - 1}");
            to[i] = managed.ItemAt(row);
        }
        return 0;
    }

    [MethodImpl(Body)]
    private static int Rows(ulong model, long* items, long count, int* rows)
    {
        Span<int> to = Arguments.Buffer(rows, count, nameof(rows));
        Span<long> from = Arguments.Buffer(items, count, nameof(items));
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        for (int i = 0; i < to.Length; i++) to[i] = lease.Target.TryGetRow(from[i], out int row) ? row : -1;
        return 0;
    }
}
