// The structs of include/embed_engine.h, in its order, so that the two can be read side by side: the one
// file of several types. Sequential, fixed-width, append-only; a test compares every size and offset with
// the C compiler's. Must never hold behaviour beyond default values.

using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <summary><c>ee_text</c>: UTF-8 bytes, not terminated; a null pointer is "not given".</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TextArg
{
    public byte* Data;
    public long Length;
}

/// <summary><c>ee_text_column</c>: text i is bytes[offsets[i] .. offsets[i + 1]).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TextColumnArg
{
    public byte* Bytes;
    public long* Offsets;
}

/// <summary>An option struct with its defaults.</summary>
internal interface IOptionStruct<T>
    where T : unmanaged
{
    /// <summary>What <c>ee_*_options_init</c> writes.</summary>
    static abstract T Defaults { get; }

    /// <summary>Bytes it had in the first header of this ABI: it only grows.</summary>
    static abstract uint LeastSize { get; }
}

/// <summary><c>ee_open_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenOptionsArg : IOptionStruct<OpenOptionsArg>
{
    public uint StructSize;
    public int Verify;
    public int ReadOnly;
    public int LockWait;

    public static uint LeastSize => 12; // before lock_wait

    public static OpenOptionsArg Defaults => new() { StructSize = (uint)sizeof(OpenOptionsArg) };
}

/// <summary><c>ee_import_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ImportOptionsArg : IOptionStruct<ImportOptionsArg>
{
    public uint StructSize;
    public int Format;
    public TextArg Session;
    public TextArg User;
    public TextArg Time;
    public TextArg Action;
    public TextArg Item;
    public TextArg Category;
    public TextArg Title;
    public TextArg ActionMap;
    public int TimeUnit;
    public int KeyKind;
    public int SessionGapMinutes;
    public int MinSession;
    public int MaxEventsPerSession;
    public int Strict;
    public long MaxErrors;
    public int MaxEventsPerMinute;

    public static uint LeastSize => (uint)sizeof(ImportOptionsArg);

    public static ImportOptionsArg Defaults => new()
    {
        StructSize = (uint)sizeof(ImportOptionsArg),
        SessionGapMinutes = ImportOptions.DefaultSessionGapMinutes,
        MinSession = new ImportOptions().MinSession,
        MaxErrors = ImportOptions.DefaultMaxErrors,
    };
}

/// <summary><c>ee_columns</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ColumnsArg
{
    public uint StructSize;
    public int ActionNameCount;
    public long Count;
    public long* Items;
    public long* Sessions;
    public long* Users;
    public long* TimesMs;
    public byte* Actions;
    public TextArg* ActionNames;
    public TextColumnArg ItemTexts;
    public TextColumnArg SessionTexts;
    public TextColumnArg UserTexts;
    public TextColumnArg Categories;
    public TextColumnArg Titles;

    /// <summary>Before categories.</summary>
    public static uint LeastSize => (uint)(sizeof(ColumnsArg) - 2 * sizeof(TextColumnArg));
}

/// <summary><c>ee_catalog_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CatalogOptionsArg : IOptionStruct<CatalogOptionsArg>
{
    public uint StructSize;
    public int Format;
    public TextArg Item;
    public TextArg Title;
    public TextArg Category;
    public TextArg Price;
    public TextArg* Attributes;
    public int AttributeCount;
    public int Keys;
    public long MaxErrors;
    public int Strict;
    public int Reserved;

    public static uint LeastSize => (uint)sizeof(CatalogOptionsArg);

    public static CatalogOptionsArg Defaults => new()
    {
        StructSize = (uint)sizeof(CatalogOptionsArg), MaxErrors = ImportOptions.DefaultMaxErrors,
    };
}

/// <summary><c>ee_item_column</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ItemColumnArg
{
    public TextArg Name;
    public int Type;
    public int Reserved;
    public double* Numbers;
    public long* TimesMs;
    public sbyte* Booleans;
    public TextColumnArg Texts;
    public long* TagOffsets;
}

/// <summary><c>ee_item_columns</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ItemColumnsArg
{
    public uint StructSize;
    public int ColumnCount;
    public long Count;
    public long* Items;
    public TextColumnArg ItemTexts;
    public ItemColumnArg* Columns;

    public static uint LeastSize => (uint)sizeof(ItemColumnsArg);
}

/// <summary><c>ee_vector_columns</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VectorColumnsArg
{
    public uint StructSize;
    public int Dimensions;
    public long Count;
    public long* Items;
    public TextColumnArg ItemTexts;
    public float* Vectors;

    public static uint LeastSize => (uint)sizeof(VectorColumnsArg);
}

/// <summary><c>ee_import_report</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ImportReportArg
{
    public long Events;
    public long Sessions;
    public long Items;
    public long Rejected;
    public long ShortSessions;
    public long LongSessions;
    public long DuplicateEvents;
    public double Seconds;
}

/// <summary><c>ee_train_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TrainOptionsArg : IOptionStruct<TrainOptionsArg>
{
    public uint StructSize;
    public int Preset;
    public TextArg Name;
    public TextArg* Settings;
    public int SettingCount;
    public int Threads;
    public ulong Seed;
    public long UntilMs;
    public int HasUntilMs;
    public int Deterministic;
    public int Publish;
    public int MeasureSessions;
    public int Gate;
    public int Reserved;

    public static uint LeastSize => 72; // before gate

    public static TrainOptionsArg Defaults
    {
        get
        {
            var managed = new TrainOptions();
            return new TrainOptionsArg
            {
                StructSize = (uint)sizeof(TrainOptionsArg),
                Preset = (int)managed.Preset,
                Seed = managed.Seed,
                Publish = 1,
                MeasureSessions = managed.MeasureSessions,
            };
        }
    }
}

/// <summary><c>ee_evaluate_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct EvaluateOptionsArg : IOptionStruct<EvaluateOptionsArg>
{
    public uint StructSize;
    public int Protocol;
    public TextArg Test;
    public ImportOptionsArg* TestOptions;
    public int K;
    public int MaxSessions;
    public int Threads;
    public uint Sources;
    public ulong Seed;
    public long CompareWith;
    public int MaxHistory;
    public int Record;
    public int History;
    public float Explore; // 0 in older headers

    public static uint LeastSize => 72; // before history

    public static EvaluateOptionsArg Defaults
    {
        get
        {
            var managed = new EvaluateOptions();
            return new EvaluateOptionsArg
            {
                StructSize = (uint)sizeof(EvaluateOptionsArg), K = managed.K, Seed = managed.Seed,
            };
        }
    }
}

/// <summary><c>ee_inspect_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InspectOptionsArg : IOptionStruct<InspectOptionsArg>
{
    public uint StructSize;
    public int Source;
    public TextArg Session;
    public TextArg Test;
    public ImportOptionsArg* TestOptions;
    public int K;
    public int Steps;
    public ulong Seed;

    public static uint LeastSize => (uint)sizeof(InspectOptionsArg);

    public static InspectOptionsArg Defaults
    {
        get
        {
            var managed = new InspectOptions();
            return new InspectOptionsArg
            {
                StructSize = (uint)sizeof(InspectOptionsArg), Source = (int)managed.Source, K = managed.K,
                Seed = managed.Seed,
            };
        }
    }
}

/// <summary><c>ee_export_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExportOptionsArg : IOptionStruct<ExportOptionsArg>
{
    public uint StructSize;
    public int Kind;
    public int Format;
    public int OutVectors;
    public TextArg Space;
    public double Shift;
    public int Window;

    public static uint LeastSize => (uint)sizeof(ExportOptionsArg);

    public static ExportOptionsArg Defaults => new() { StructSize = (uint)sizeof(ExportOptionsArg) };
}

/// <summary><c>ee_vector_import_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VectorImportOptionsArg : IOptionStruct<VectorImportOptionsArg>
{
    public uint StructSize;
    public int Format;
    public TextArg Space;
    public TextArg IdsPath;
    public TextArg Name;
    public long MaxErrors;
    public int AllowUnknown;
    public int Publish;
    public int Threads;
    public int M;
    public int EfConstruction;
    public int EfSearch;
    public ulong Seed;
    public TextArg VectorsColumn;
    public TextArg Item;
    public int AddItems;
    public int Reserved;

    public static uint LeastSize => 96; // before vectors_column

    public static VectorImportOptionsArg Defaults
    {
        get
        {
            var index = new HnswOptions();
            return new VectorImportOptionsArg
            {
                StructSize = (uint)sizeof(VectorImportOptionsArg),
                MaxErrors = ImportOptions.DefaultMaxErrors,
                Publish = 1,
                M = index.M,
                EfConstruction = index.EfConstruction,
                EfSearch = index.EfSearch,
                Seed = index.Seed,
            };
        }
    }
}

/// <summary><c>ee_cap</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CapArg
{
    public TextArg Name;
    public int Most;
    public int Reserved;
}

/// <summary><c>ee_recommend_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecommendOptionsArg : IOptionStruct<RecommendOptionsArg>
{
    public uint StructSize;
    public int Source;
    public int Seen;
    public int NoPadding;
    public int MaxPerCategory;
    public float Diversity;
    public int DiversityBy;
    public long* Allow;
    public long AllowCount;
    public long* Deny;
    public long DenyCount;
    public int* AllowCategories;
    public long AllowCategoriesCount;
    public int* DenyCategories;
    public long DenyCategoriesCount;
    public ulong Filter;
    public ulong* Boosts;
    public long BoostCount;
    public ItemPin* Pins;
    public long PinCount;
    public ulong Bury;
    public CapArg* Caps;
    public long CapCount;
    public TextArg WeightBy;
    public float Weight;
    public int Reserved;
    public TextArg DiversityAttribute;
    public float Explore;
    public int FallbackByCount;
    public ulong ExploreSeed;
    public TextArg* FallbackBy;

    public static uint LeastSize => 96; // before filter

    public static RecommendOptionsArg Defaults => new()
    {
        StructSize = (uint)sizeof(RecommendOptionsArg), Source = (int)CandidateSourceKind.Hybrid,
    };
}

/// <summary><c>ee_recommend_file_options</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecommendFileOptionsArg : IOptionStruct<RecommendFileOptionsArg>
{
    public uint StructSize;
    public int K;
    public RecommendOptionsArg* Request;
    public long MaxErrors;
    public int Explain;
    public int Threads;

    public static uint LeastSize => (uint)sizeof(RecommendFileOptionsArg);

    public static RecommendFileOptionsArg Defaults
    {
        get
        {
            var managed = new RecommendFileOptions();
            return new RecommendFileOptionsArg
            {
                StructSize = (uint)sizeof(RecommendFileOptionsArg), K = managed.K,
                MaxErrors = managed.MaxErrors,
            };
        }
    }
}

/// <summary><c>ee_vectors_view</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VectorsViewArg
{
    public float* Data;
    public long Rows;
    public int Dimensions;
    public int StrideFloats;
}
